"""The file form of a snapshot: an .npz that numpy can open, with bytes that never vary.

Members are stored uncompressed with a fixed timestamp, so the bytes depend on the content alone,
not on the clock or the zlib build. Nothing is ever unpickled. Knows no meaning of the fields.
"""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

import numpy as np

from royalty.apportionment.arrays import BoolArray, IntArray

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip member can bear
_META = "meta.json"
Parameters = tuple[tuple[str, int], ...]


class UnreadableSnapshotError(ValueError):
    """The file is no snapshot, is torn, or lacks a member."""


@dataclass(frozen=True)
class Stored:
    """What a file holds; arrays that it lacks by right are left out."""

    ids: dict[str, tuple[str, ...]]
    arrays: dict[str, IntArray | BoolArray]
    parameters: Parameters
    digest: str


def write(
    target: str | IO[bytes],
    ids: Mapping[str, tuple[str, ...]],
    arrays: Mapping[str, IntArray | BoolArray],
    parameters: Parameters,
    digest: str,
) -> None:
    """Write ids, parameters (where there are any), digest and arrays to a path or a binary file."""
    known = {"digest": digest, "ids": ids} | ({"parameters": parameters} if parameters else {})
    meta = json.dumps(known, ensure_ascii=True, sort_keys=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(_META, _EPOCH), meta)
        for name, array in arrays.items():
            buffer = io.BytesIO()
            little = array.astype(array.dtype.newbyteorder("<"), copy=False)
            np.lib.format.write_array(buffer, little, version=(1, 0), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _EPOCH), buffer.getbuffer())


def read(
    source: str | IO[bytes],
    id_names: Sequence[str],
    array_names: Sequence[str],
    optional: Sequence[str],
) -> Stored:
    """Read what `write` wrote; `optional` arrays may be missing. Raises UnreadableSnapshotError."""
    try:
        with zipfile.ZipFile(source) as archive:
            meta = json.loads(archive.read(_META))
            members = set(archive.namelist())
            return Stored(
                ids={name: tuple(meta["ids"][name]) for name in id_names},
                arrays={
                    name: _read_array(archive, f"{name}.npy")
                    for name in array_names
                    if name not in optional or f"{name}.npy" in members
                },
                parameters=tuple((name, value) for name, value in meta.get("parameters", ())),
                digest=str(meta["digest"]),
            )
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError) as error:
        raise UnreadableSnapshotError(str(error)) from error


def _read_array(archive: zipfile.ZipFile, member: str) -> IntArray | BoolArray:
    with archive.open(member) as stream:
        array: IntArray | BoolArray = np.lib.format.read_array(stream, allow_pickle=False)
    return array
