"""The bytes of a file, kept still while they are read, and cut into lines of bounded length."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from royalty.services.intake.faults import refused

MAX_FILE_BYTES = 2 * 1024**3
MAX_LINE_BYTES = 4096
BLOCK_BYTES = 1024**2
BOM = b"\xef\xbb\xbf"


@contextmanager
def kept(source: Path | IO[bytes]) -> Iterator[tuple[IO[bytes], str]]:
    """A private copy of the file, and its sha256.

    Raises:
        IntakeRefused: it is empty, too large, or cannot be read.
    """
    with tempfile.TemporaryFile() as copy:
        if isinstance(source, Path):
            try:
                with source.open("rb") as stream:
                    digest = _copy(stream, copy)
            except OSError as error:
                raise refused(f"{source} cannot be read: {error.strerror}.") from error
        else:
            digest = _copy(source, copy)
        copy.seek(0)
        yield copy, digest


def _copy(stream: IO[bytes], copy: IO[bytes]) -> str:
    sha = hashlib.sha256()
    size_bytes = 0
    while block := stream.read(BLOCK_BYTES):
        size_bytes += len(block)
        if size_bytes > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // 1024**2
            raise refused(f"The file is larger than {limit} MiB; send it in several parts.")
        sha.update(block)
        copy.write(block)
    if not size_bytes:
        raise refused("The file is empty; send at least one line.")
    return sha.hexdigest()


def numbered_lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Line numbers with their bytes, without blank lines; None for a line that is too long."""
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_LINE_BYTES)
            yield number, None
            continue
        if number == 1:
            line = line.removeprefix(BOM)
        if line.strip():
            yield number, line
