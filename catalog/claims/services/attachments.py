"""Files that prove something: looked at by their first bytes, kept under their hash."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO

from django.utils.translation import gettext as _

from catalog.claims.models import Proof
from catalog.claims.services.actors import ClaimError
from common.storage import put

MOST_BYTES = 10_000_000
_BEGINS_WITH = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}


@dataclass(frozen=True)
class Sent:
    """A file as somebody sent it; its name and what it says of itself are not believed."""

    name: str
    content: bytes


def read_sent(name: str, file: IO[bytes]) -> Sent:
    """A file that was sent, if it is not too long.

    Raises:
        ClaimError: it is longer than 10 MB.
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ClaimError(_("The file is larger than 10 MB; send a smaller scan of it."), "file")
    return Sent(name, content)


def media_type_of(sent: Sent) -> str:
    """What a file is by its first bytes.

    Raises:
        ClaimError: neither PDF, PNG nor JPEG.
    """
    for beginning, media_type in _BEGINS_WITH.items():
        if sent.content.startswith(beginning):
            return media_type
    raise ClaimError(_("The file is no PDF, PNG or JPEG; send it as one of these."), "file")


def keep(proof: Proof, sent: Sent) -> None:
    """Keep a file, described by a row that is saved with it.

    Raises:
        ClaimError: it is nothing that is kept.
    """
    proof.name, proof.media_type = file_name(sent.name), media_type_of(sent)
    proof.sha256, proof.size_bytes = hashlib.sha256(sent.content).hexdigest(), len(sent.content)
    put(proof.storage_name, sent.content)
    proof.save(force_insert=True)


def file_name(name: str) -> str:
    """The last part of a name, of characters that can be shown."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(each for each in last if each.isprintable())[-200:] or "document"
