"""Files that exist whole or not at all, whatever dies meanwhile."""

import contextlib
import hashlib
import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

_CHUNK_BYTES = 1 << 20


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write `path` through a `.part` file of its own name, fsync it, and rename it into place.

    Several processes may write the same path at once: the last rename wins, each is whole.
    """
    part = _write_part(path, write)
    try:
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(path.parent)


def write_once(path: Path, content: bytes) -> bool:
    """Write `path` as `write_atomically` does unless it is there; return whether we wrote it.

    Of several processes that write the same path at once, the first one wins.
    """
    part = _write_part(path, lambda file: file.write(content))
    try:
        path.hardlink_to(part)
    except FileExistsError:
        return False
    except OSError:  # a file system without second names
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return True


def adopt(source: Path, target: Path) -> None:
    """Have `target` be the file that `source` is, whole or not at all.

    A second name for the same bytes where the file system can give one, else a copy. Safe for
    files that are written here: they are replaced as a whole and never changed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{uuid.uuid4().hex}.part")
    try:
        part.hardlink_to(source)
    except OSError:  # another file system, or one without second names
        with source.open("rb") as content:
            write_atomically(target, lambda file: shutil.copyfileobj(content, file, _CHUNK_BYTES))
        return
    try:
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(target.parent)


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file's content, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _write_part(path: Path, write: Callable[[BinaryIO], object]) -> Path:
    """Write and fsync a `.part` file beside `path`; none is left where writing fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    try:
        with part.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable; some file systems cannot, and then it is as good as it is."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
