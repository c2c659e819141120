"""The bytes of a file, kept still while they are read, unpacked, and cut into bounded lines.

Nothing of it is trusted: a small gzip may unpack to anything, a line may never end. What is too
large, too long or damaged ends the reading; no more than a block is in memory.
"""

import gzip
import hashlib
import io
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from royalty.services.intake.faults import refused

MAX_FILE_BYTES = 4 * 1024**3  # unpacked
MAX_LINES = 20_000_000
MAX_LINE_BYTES = 4096
BLOCK_BYTES = 1024**2
BOM = b"\xef\xbb\xbf"
GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Still:
    """A file that does not change while it is read, by whatever name it came."""

    stream: IO[bytes]
    sha256: str
    size_bytes: int


@contextmanager
def kept(source: Path | IO[bytes]) -> Iterator[Still]:
    """A private copy of the file.

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
        size_bytes = copy.tell()
        copy.seek(0)
        yield Still(copy, digest, size_bytes)


def _copy(stream: IO[bytes], copy: IO[bytes]) -> str:
    sha = hashlib.sha256()
    size_bytes = 0
    while block := stream.read(BLOCK_BYTES):
        size_bytes += len(block)
        if size_bytes > MAX_FILE_BYTES:
            raise refused(_too_large())
        sha.update(block)
        copy.write(block)
    if not size_bytes:
        raise refused("The file is empty; send at least one line.")
    return sha.hexdigest()


def bounded_lines(stream: IO[bytes]) -> Iterator[bytes | None]:
    """Every line, unpacked if the file is gzip, without a BOM; None for one that is too long.

    Raises:
        IntakeRefused: it cannot be unpacked, or is larger or has more lines than is taken.
    """
    lines = size_bytes = 0
    plain = _plain(stream)
    try:
        while line := plain.readline(MAX_LINE_BYTES + 1):
            lines += 1
            size_bytes += len(line)
            if len(line) <= MAX_LINE_BYTES:
                yield line.removeprefix(BOM) if lines == 1 else line
            else:
                size_bytes += _skip_rest(plain, line, MAX_FILE_BYTES - size_bytes)
                yield None
            if size_bytes > MAX_FILE_BYTES or lines > MAX_LINES:
                raise refused(_too_large())
    except (OSError, EOFError, zlib.error) as error:
        raise refused(f"After line {lines} the file cannot be unpacked: {error}.") from error


def numbered_lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Line numbers with their bytes, without blank lines; None for a line that is too long."""
    for number, line in enumerate(bounded_lines(stream), start=1):
        if line is None or line.strip():
            yield number, line


def first_line(stream: IO[bytes]) -> bytes:
    """The first line or what of it is taken; the stream goes back to its beginning.

    Raises:
        IntakeRefused: it cannot be unpacked.
    """
    line = next(bounded_lines(stream), b"")
    stream.seek(0)
    return line or b""


def _plain(stream: IO[bytes]) -> IO[bytes]:
    begin = stream.read(len(GZIP))
    stream.seek(0)
    return io.BufferedReader(gzip.GzipFile(fileobj=stream)) if begin == GZIP else stream


def _skip_rest(stream: IO[bytes], line: bytes, most_bytes: int) -> int:
    """Read to the end of a line that is too long; returns how many bytes that were."""
    skipped_bytes = 0
    while line and not line.endswith(b"\n") and skipped_bytes <= most_bytes:
        line = stream.readline(BLOCK_BYTES)
        skipped_bytes += len(line)
    return skipped_bytes


def _too_large() -> str:
    return (
        f"The file is larger than {MAX_FILE_BYTES // 1024**2:,} MiB or has more than {MAX_LINES:,} "
        "lines; send it in several parts."
    )
