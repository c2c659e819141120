"""A stored music file, whole or the part that a player asks for (RFC 9110, section 14)."""

import re
from collections.abc import Iterator
from typing import IO

from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)

from catalog.media import MIDI
from catalog.media.kinds import KINDS
from catalog.models import Asset

BLOCK_BYTES = 1 << 16
_ONE_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


def music_file(request: HttpRequest, asset: Asset) -> HttpResponseBase:
    """The file under the type that its content has. Several ranges at once are answered by the
    whole, as is what is no range.

    Raises:
        Http404: the file is not in the storage.
    """
    kind = next((each for each in KINDS if each.media_type == asset.media_type), MIDI)
    try:
        content = default_storage.open(asset.storage_name)
    except FileNotFoundError as error:
        raise Http404("The file is not in the storage.") from error
    name = f"{asset.sha256[:12]}{kind.suffix}"
    asked = _ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    part = _part(asked, asset.size_bytes) if asked else None
    response: HttpResponseBase
    if asked is None or asked[0] == "bytes=-":
        response = FileResponse(content, content_type=kind.media_type, filename=name)
    elif part is None:
        content.close()
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{asset.size_bytes}"
    else:
        blocks = _blocks(content, part)
        response = StreamingHttpResponse(blocks, status=206, content_type=kind.media_type)
        response["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{asset.size_bytes}"
        response["Content-Length"] = str(len(part))
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _part(asked: re.Match[str], size_bytes: int) -> range | None:
    """The bytes that are asked for, None where the file has none of them."""
    first, last = asked.groups()
    if first:
        part = range(int(first), min(int(last or size_bytes), size_bytes - 1) + 1)
    else:
        part = range(max(size_bytes - int(last or 0), 0), size_bytes)
    return part or None


def _blocks(content: IO[bytes], part: range) -> Iterator[bytes]:
    with content:
        content.seek(part.start)
        left = len(part)
        while left and (block := content.read(min(BLOCK_BYTES, left))):
            left -= len(block)
            yield block
