"""Files of the default storage that are there whole or not at all."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO
from uuid import uuid4

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

BLOCK_BYTES = 1024**2


def put(name: str, content: bytes) -> None:
    """Keep content under a name, in place of what is there; readers see all of one or the other."""
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:  # an object storage, whose writes are whole or not at all
        default_storage.delete(name)
        default_storage.save(name, ContentFile(content))
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, [content])


def put_file(name: str, file: IO[bytes]) -> None:
    """As `put`, for what is too large for the memory: all that an open file still holds."""
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:
        default_storage.delete(name)
        default_storage.save(name, File(file))
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, iter(lambda: file.read(BLOCK_BYTES), b""))


def write_whole(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file of this machine, in place of what is there: all chunks, or nothing at all."""
    part = path.with_name(f"{path.name}.{uuid4().hex}.part")
    try:
        with part.open("xb") as handle:
            handle.writelines(chunks)
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
