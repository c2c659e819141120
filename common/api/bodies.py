"""Bodies of requests, read with limits: one JSON object, or a file of them.

All are capped before a byte is read, forms too. What is parsed here is hostile: JSON must not nest
too deep, name a field twice or hold numbers that are none; memory stays bounded for large files.
"""

import hashlib
import io
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from common.api import pace
from common.api.problems import (
    LENGTH_REQUIRED,
    TOO_LARGE,
    TOO_SLOW,
    UNREADABLE_BODY,
    UNSUPPORTED_MEDIA_TYPE,
    Problem,
)
from common.hashing import sha256_bytes

KIBIBYTE, MEBIBYTE = 1 << 10, 1 << 20
JSON_BYTES = 64 * KIBIBYTE
NDJSON_BYTES = 32 * MEBIBYTE
IN_MEMORY_BYTES = MEBIBYTE
BLOCK_BYTES = 64 * KIBIBYTE


@dataclass(frozen=True)
class Lines:
    """A body of many lines; `is_single` where it was sent as one JSON object."""

    stream: IO[bytes]
    sha256: str
    is_single: bool
    media_type: str


class OneObject(BaseParser):
    """`application/json`: one object, made one line in a fixed spelling."""

    media_type = "application/json"
    most_bytes = JSON_BYTES

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        content = _read_at_most(stream, self.most_bytes)
        refuse_cut_off(parser_context, len(content))
        line = one_line(content)
        return Lines(io.BytesIO(line), sha256_bytes(line), True, self.media_type)


class ManyLines(BaseParser):
    """`application/x-ndjson`: kept in a temporary file; its lines are read by whoever takes it."""

    media_type = "application/x-ndjson"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        kept = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 closed when let go
        digest = hashlib.sha256()
        size_bytes = 0
        while block := stream.read(BLOCK_BYTES):
            size_bytes += len(block)
            if size_bytes > NDJSON_BYTES:
                raise _too_large(NDJSON_BYTES)
            digest.update(block)
            kept.write(block)
        refuse_cut_off(parser_context, size_bytes)
        kept.seek(0)
        return Lines(kept, digest.hexdigest(), False, self.media_type)


class ManyRows(ManyLines):
    """`text/csv`: the same, in rows under a header."""

    media_type = "text/csv"


class ManyRecords(ManyLines):
    """`text/tab-separated-values`: the same, in records of cells."""

    media_type = "text/tab-separated-values"


def check_envelope(request: Request, most_bytes: int) -> None:
    """Look at a body's headers before the body.

    Raises:
        Problem: it is compressed, has no stated length, or states too many bytes.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(UNSUPPORTED_MEDIA_TYPE, "Send the body uncompressed.")
    length = request.headers.get("Content-Length", "")
    if not length and request.headers.get("Transfer-Encoding"):
        raise Problem(LENGTH_REQUIRED, "Send the body with its Content-Length, not in chunks.")
    if length.isdecimal() and int(length[:20]) > most_bytes:
        raise _too_large(most_bytes)


def refuse_cut_off(parser_context: Mapping[str, Any] | None, size_bytes: int) -> None:
    """Refuse a body of which less arrived than its headers say: half a file may look like one.

    Raises:
        Problem: the connection broke off, or the body came so slowly that it was given up.
    """
    request: Request = (parser_context or {})["request"]
    stated = request.headers.get("Content-Length", "")
    if not stated.isdecimal() or size_bytes >= int(stated[:20]):
        return
    arrived = f"{size_bytes:,} of {int(stated[:20]):,} bytes arrived"
    if pace.was_given_up(request):
        raise Problem(TOO_SLOW, f"Only {arrived} in time.")
    raise Problem(UNREADABLE_BODY, f"The body was cut off: {arrived}. Send it again.")


def _too_large(most_bytes: int) -> Problem:
    limit = (
        f"{most_bytes // MEBIBYTE} MiB"
        if most_bytes >= MEBIBYTE
        else f"{most_bytes // KIBIBYTE} KiB"
    )
    return Problem(TOO_LARGE, f"The body is larger than the {limit} that are taken here.")


def _read_at_most(stream: IO[bytes], most_bytes: int) -> bytes:
    content = stream.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise _too_large(most_bytes)
    return content


def one_line(content: bytes) -> bytes:
    """The object of a body (or of a line) on one line, its fields in order: the same object is the
    same bytes. Raises Problem where it is none."""
    try:
        value = json.loads(content, object_pairs_hook=_unique, parse_constant=_no_number)
        if not isinstance(value, dict):
            raise Problem(
                UNREADABLE_BODY,
                "The body must be one JSON object; send several as application/x-ndjson.",
            )
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    except UnicodeDecodeError as error:
        raise Problem(UNREADABLE_BODY, "The body is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise Problem(
            UNREADABLE_BODY,
            f"The body is not JSON: {error.msg.removesuffix(' at')}, "
            f"line {error.lineno} column {error.colno}.",
        ) from error
    except (RecursionError, ValueError) as error:
        raise Problem(
            UNREADABLE_BODY, "The body is nested too deep, or a number in it is too long."
        ) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise Problem(UNREADABLE_BODY, "A field comes twice in one object.")
    return content


def _no_number(name: str) -> None:
    raise Problem(UNREADABLE_BODY, f"{name} is no number in JSON.")
