"""Which format a delivery is in, told by its name and its first bytes, and opening it."""

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from catalog.formats.cwr import open_cwr
from catalog.formats.delimited import open_delimited
from catalog.formats.ern import open_ern
from catalog.formats.folder import open_folder
from catalog.formats.json_objects import open_json
from catalog.formats.source import LARGEST_BYTES, Source, refused
from catalog.formats.workbook import open_workbook
from catalog.manifest.faults import RowError, quote

_Opener = Callable[[BinaryIO, Mapping[str, str]], Source]
MANIFEST = "manifest"
OPENERS: dict[str, _Opener] = {
    ".csv": open_delimited,
    ".cwr": open_cwr,
    ".v21": open_cwr,
    ".v22": open_cwr,
    ".tsv": open_delimited,
    ".json": open_json,
    ".ndjson": open_json,
    ".jsonl": open_json,
    ".xml": open_ern,
    ".xlsx": open_workbook,
    ".ods": open_workbook,
}


def open_delivery(path: Path, *, column_of: Mapping[str, str]) -> Source:
    """The rows of a delivery, whichever format it is in.

    Args:
        path: the file; the files that its rows name lie in its folder or below. Or a folder, whose
            manifest is read, or else the tags of the music in it.
        column_of: for our columns, those of the sender that hold them (`Sender.column_of`).

    A file that cannot be read is a source whose rows are just the errors that say why.
    """
    if path.is_dir():
        return _open_folder(path, column_of)
    opener = OPENERS.get(path.suffix.lower())
    if opener is None and path.suffix.lower() == ".zip":
        message = f"{quote(path.name)} is an archive; unpack it and name the folder."
        return refused("", RowError(0, "", message))
    if opener is None:
        endings = ", ".join(OPENERS)
        message = f"{quote(path.name)} has none of the endings that are read: {endings}."
        return refused("", RowError(0, "", message))
    try:
        handle = _open_regular(path)
    except OSError as error:
        return refused("", RowError(0, "", f"{path} cannot be read: {error.strerror}."))
    if os.fstat(handle.fileno()).st_size > LARGEST_BYTES:
        handle.close()
        limit = LARGEST_BYTES >> 20
        message = f"The manifest is larger than {limit} MiB; split it into several."
        return refused("", RowError(0, "", message))
    return opener(handle, column_of)


def _open_folder(path: Path, column_of: Mapping[str, str]) -> Source:
    """The folder's manifest: the one that is so called, or the only file that could be one."""
    try:
        inside = sorted(path.iterdir())
    except OSError as error:
        return refused("", RowError(0, "", f"{path} cannot be read: {error.strerror}."))
    found = [each for each in inside if each.suffix.lower() in OPENERS and each.is_file()]
    named = [each for each in found if each.stem.lower() == MANIFEST] or found
    if len(named) > 1:
        names = ", ".join(quote(each.name) for each in named[:5])
        message = f"The folder has several manifests ({names}); name one of them."
        return refused("", RowError(0, "", message))
    return open_delivery(named[0], column_of=column_of) if named else open_folder(path)


def _open_regular(path: Path) -> BinaryIO:
    """Open a file to read it, without waiting for a pipe's writer."""
    handle = os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb")
    if not stat.S_ISREG(os.fstat(handle.fileno()).st_mode):
        handle.close()
        raise OSError(0, "it is no regular file")
    return handle
