"""Whether a file holds uses or revenue, told by its first line."""

import gzip
import json
from pathlib import Path
from typing import IO

GZIP = b"\x1f\x8b"
LOOKED_AT_BYTES = 64 << 10
UNKNOWN = "It cannot be told whether {path} holds uses or revenue: say --kind usage or revenue."


def kind_of(path: Path) -> str:
    """`usage` or `revenue`, by the fields that only one of them has.

    Raises:
        ValueError: the content does not tell.
        OSError: it cannot be read.
    """
    fields = _fields(_first_line(path))
    if {"count", "used_at"} & fields:
        return "usage"
    if {"amount", "earned_on"} & fields:
        return "revenue"
    raise ValueError(UNKNOWN.format(path=path))


def _first_line(path: Path) -> str:
    """The first line that is not empty, unpacked."""
    with path.open("rb") as file:
        is_packed = file.read(2) == GZIP
        file.seek(0)
        content = _read(gzip.GzipFile(fileobj=file)) if is_packed else _read(file)
    lines = content.decode("utf-8-sig", "replace").splitlines()
    return next((line for line in lines if line.strip()), "")


def _read(file: IO[bytes] | gzip.GzipFile) -> bytes:
    try:
        return file.read(LOOKED_AT_BYTES)
    except (EOFError, gzip.BadGzipFile):  # what is wrong with it is told when it is taken in
        return b""


def _fields(line: str) -> set[str]:
    """The fields of a line of NDJSON, or of CSV's header; a DSR begins with HEAD, and is usage."""
    if line.startswith("HEAD\t"):
        return {"used_at"}
    try:
        value = json.loads(line)
    except ValueError:
        return {name.strip().strip('"') for name in line.replace(";", ",").split(",")}
    return set(value) if isinstance(value, dict) else set()
