"""A file as it is sent: its size and hash, and its parts. Reads files, sends nothing."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BLOCK_BYTES = 1 << 20

# Called with the bytes that are there, and all; maybe from several threads.
OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Announcement:
    """What is said of a file before its parts are sent."""

    purpose: str
    size_bytes: int
    sha256: str
    file_name: str

    def idempotency_key(self, name: str) -> str:
        """The same for the same file and name, so that a new process finds what an earlier one
        began: the answer to its announcement is stored under this key."""
        said = [self.purpose, self.size_bytes, self.sha256, self.file_name, name]
        return f"upload-{hashlib.sha256(json.dumps(said).encode()).hexdigest()}"


@dataclass(frozen=True)
class Part:
    """The bytes of a file from one place on."""

    path: Path
    number: int  # counted from 1
    begins_at: int
    size_bytes: int

    def read(self) -> bytes:
        """The bytes; fewer if the file became shorter."""
        with self.path.open("rb") as file:
            file.seek(self.begins_at)
            return file.read(self.size_bytes)


def announcement(path: Path, purpose: str) -> Announcement:
    """Read a file once, to know it.

    Raises:
        OSError: it cannot be read.
        ValueError: it is empty.
    """
    with path.open("rb") as file:
        digest, size_bytes = hashlib.sha256(), 0
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
            size_bytes += len(block)
    if not size_bytes:
        raise ValueError(f"{path} is empty.")
    return Announcement(purpose, size_bytes, digest.hexdigest(), path.name[-255:])


def parts_of(path: Path, size_bytes: int, part_bytes: int) -> list[Part]:
    """All parts of a file, in order."""
    begins = range(0, size_bytes, part_bytes)
    return [
        Part(path, number, begin, min(part_bytes, size_bytes - begin))
        for number, begin in enumerate(begins, start=1)
    ]


def content_digest(content: bytes) -> str:
    """The value of Content-Digest (RFC 9530)."""
    return f"sha-256=:{b64encode(hashlib.sha256(content).digest()).decode()}:"
