"""A sealed store as one file, to be sent away, and back again from a file that nobody vouches for.

The file is a plain tar (POSIX ustar, not compressed): `manifest.json` first, then what it lists, by
name, with no times, owners or rights, so that the same store is the same bytes. Unpacking reads
header by header and takes nothing else: no links, devices, extensions, or names that the manifest
does not list; nothing can grow on the way, and what was begun stands under another name.
"""

import json
import re
import shutil
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from attribution.engine.errors import StoreError
from attribution.engine.files import write_atomically
from attribution.engine.store.feature_store import FeatureStore
from attribution.engine.store.layout import curvature_file
from attribution.engine.store.manifest import NAME as MANIFEST

MOST_MANIFEST_BYTES = 64 << 20
CHUNK_BYTES = 1 << 20
BLOCK_BYTES = 512
# Every name that a store may have; a member's begins with no dot (see `layout`).
_MEMBER = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
_NAME = re.compile(
    rf"config\.json|tracks\.json|shards/{_MEMBER}/\d{{5,9}}\.(npy|json)"
    rf"|scales/{_MEMBER}\.npy|curvature/{_MEMBER}\.npz",
    re.ASCII,
)
OnBytes = Callable[[int, int], None]  # (done, total)


class BadPackage(StoreError):
    """A file that is no packed store; the message says where it is wrong."""


def pack(store: FeatureStore, path: Path, *, with_curvature: bool = True) -> int:
    """Write a sealed store as one file; returns its bytes.

    Raises StoreError where the store is not sealed or a name is too long for a tar.
    """
    if not store.sealed:
        raise StoreError(f"The store at {store.path} is not sealed; finish its capture first.")
    left_out = set() if with_curvature else {curvature_file(member) for member in store.members}
    names = [name for name in _listed(store.path) if name not in left_out]

    def write(file: BinaryIO) -> None:
        for name in (MANIFEST, *names):
            if (store.path / name).exists():  # a curvature that stayed in another house
                _append(file, store.path / name, name)
        file.write(bytes(2 * BLOCK_BYTES))

    write_atomically(path, write)
    return path.stat().st_size


def unpack(path: Path, folder: Path, *, on_bytes: OnBytes | None = None) -> None:
    """Make the folder of the store that the file at `path` holds; there must be none.

    Only names and sizes are compared with the manifest: open the store with `verify="full"`, which
    compares contents. Raises BadPackage, and leaves nothing.
    """
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        with path.open("rb") as file:
            _unpack(file, part, path.stat().st_size, on_bytes)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


@dataclass(frozen=True)
class _Entry:
    name: str
    size_bytes: int


def _listed(root: Path) -> list[str]:
    return sorted(json.loads((root / MANIFEST).read_bytes())["files"])


def _append(file: BinaryIO, path: Path, name: str) -> None:
    header = tarfile.TarInfo(name)
    header.size = path.stat().st_size
    header.mode = 0o644
    try:
        file.write(header.tobuf(tarfile.USTAR_FORMAT, "ascii"))
    except ValueError as error:
        raise StoreError(f"{name} cannot be packed: {error}.") from error
    with path.open("rb") as content:
        shutil.copyfileobj(content, file, CHUNK_BYTES)
    file.write(bytes(-header.size % BLOCK_BYTES))


def _unpack(file: BinaryIO, part: Path, total: int, on_bytes: OnBytes | None) -> None:
    entries = _entries(file)
    first = next(entries, None)
    if first is None or first.name != MANIFEST or first.size_bytes > MOST_MANIFEST_BYTES:
        raise BadPackage(f"It does not begin with a {MANIFEST}; make it with `pack`.")
    _write(file, part / MANIFEST, first)
    waiting = _expected(part / MANIFEST)
    for entry in entries:
        if waiting.pop(entry.name, None) != entry.size_bytes:
            raise BadPackage(
                f"{entry.name[:150]!r} is not in the manifest with this size, or comes twice."
            )
        _write(file, part / entry.name, entry)
        if on_bytes is not None:
            on_bytes(file.tell(), total)


def _expected(path: Path) -> dict[str, int]:
    """The names that the manifest lists, all of them such as a store has, and their sizes."""
    try:
        files = json.loads(path.read_bytes())["files"]
        expected = {name: entry["bytes"] for name, entry in files.items()}
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise BadPackage(f"Its {MANIFEST} cannot be read: {error}") from error
    for name, size_bytes in expected.items():
        if not _NAME.fullmatch(name) or type(size_bytes) is not int or size_bytes < 0:
            raise BadPackage(f"Its {MANIFEST} lists {name[:150]!r}, which no store has.")
    return expected


def _entries(file: BinaryIO) -> Iterator[_Entry]:
    """The headers, one after the other; the content of each is to be read before the next."""
    while block := file.read(BLOCK_BYTES):
        if not any(block):
            return
        try:
            header = tarfile.TarInfo.frombuf(block, "ascii", "strict")
        except (tarfile.TarError, ValueError) as error:
            raise BadPackage(f"It is no plain tar file: {error}.") from error
        if header.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or header.size < 0:
            raise BadPackage(
                f"{header.name[:150]!r} is no plain file; links, devices and extended headers are "
                "not taken."
            )
        yield _Entry(header.name, header.size)
    raise BadPackage("It was cut off before its end.")


def _write(file: BinaryIO, path: Path, entry: _Entry) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    left_bytes = entry.size_bytes
    with path.open("xb") as target:
        while left_bytes:
            chunk = file.read(min(CHUNK_BYTES, left_bytes))
            if not chunk:
                raise BadPackage(f"It was cut off within {entry.name}.")
            target.write(chunk)
            left_bytes -= len(chunk)
    file.seek(-entry.size_bytes % BLOCK_BYTES, 1)
