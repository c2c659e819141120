"""A ZIP file with a manifest and its music, unpacked into a folder that is given.

Nothing an archive says of itself is believed: names that lead out of the folder, links, names that
differ only in case, passwords, and sizes are refused before the first byte is written, and a member
that turns out longer than it stated ends the unpacking.
"""

import os
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from catalog.formats.zipped import MOST_BYTES, BadArchive, check_members, open_bounded

BLOCK_BYTES = 1 << 20
LONGEST_NAME = 500
LONGEST_PART_BYTES = 255
_MADE_BY_SYSTEMS = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def unpack(path: Path, into: Path, *, most_bytes: int = MOST_BYTES) -> Path:
    """Unpack an archive and return the folder to read, with `catalog.formats.open_delivery`.

    Args:
        path: the ZIP file.
        into: an empty folder; whoever made it removes it, also when this raises.
        most_bytes: of all files together.

    Returns:
        `into`, or the one folder in it in which everything lies.

    Raises:
        BadArchive: no ZIP file, or one that is not unpacked; what was written so far lies in
            `into`.
    """
    try:
        with open_bounded(path) as file, zipfile.ZipFile(file) as archive:
            members = [member for member in archive.infolist() if not _is_by_system(member)]
            check_members(members, most_bytes)
            targets = _targets(members)
            for member, name in targets:
                _write(archive, member, into.joinpath(*name.parts))
    except OSError as error:
        raise BadArchive(f"{path.name} cannot be unpacked: {error.strerror}.") from error
    except _DAMAGED as error:
        reason = " ".join(str(error).split()).rstrip(".")[:200]
        raise BadArchive(f"{path.name} is no whole ZIP file: {reason}. Pack it again.") from error
    tops = {name.parts[0] for _, name in targets}
    has_one_folder = len(tops) == 1 and all(len(name.parts) > 1 for _, name in targets)
    return into / tops.pop() if has_one_folder else into


def _is_by_system(member: zipfile.ZipInfo) -> bool:
    """Whether a system put the file there without being asked."""
    name = member.filename
    return name.startswith(_MADE_BY_SYSTEMS) or name.rsplit("/", 1)[-1] in _MADE_BY_SYSTEMS


def _targets(
    members: Iterable[zipfile.ZipInfo],
) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """Where each file goes; refuses names that are not safe or meet each other."""
    targets = [(member, _safe_name(member.filename)) for member in members if not member.is_dir()]
    if not targets:
        raise BadArchive("The archive is empty; pack the manifest and its files.")
    files: dict[str, str] = {}
    for member, name in targets:
        if stat.S_ISLNK(member.external_attr >> 16):
            raise BadArchive(f"{_shown(member)} is a link; pack the file itself.")
        earlier = files.get(_folded(name))
        if earlier is not None:
            raise BadArchive(
                f"{_shown(member)} meets {earlier[:200]}; names must differ in more than case."
            )
        files[_folded(name)] = member.filename
    for member, name in targets:
        if any(_folded(folder) in files for folder in name.parents):
            raise BadArchive(f"{_shown(member)} lies in a folder that is a file as well.")
    return targets


def _folded(name: PurePosixPath) -> str:
    """A name as file systems compare it that do not tell case or spellings of Unicode apart."""
    return unicodedata.normalize("NFKC", str(name)).casefold()


def _safe_name(written: str) -> PurePosixPath:
    name = PurePosixPath(written.replace("\\", "/"))
    is_unsafe = (
        name.is_absolute()
        or not name.parts
        or ".." in name.parts
        or ":" in name.parts[0]
        or len(written) > LONGEST_NAME
        or any(len(part.encode()) > LONGEST_PART_BYTES for part in name.parts)
        or not written.isprintable()
    )
    if is_unsafe:
        raise BadArchive(
            f"{written[:200]!a} leads out of the archive or cannot be a file's name; pack the "
            "folder itself."
        )
    return name


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """Write one file, as long as it stated to be."""
    target.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with archive.open(member) as packed, os.fdopen(os.open(target, flags, 0o600), "wb") as file:
        left_bytes = member.file_size
        while block := packed.read(BLOCK_BYTES):
            left_bytes -= len(block)
            if left_bytes < 0:
                raise BadArchive(f"{_shown(member)} is larger than the archive states.")
            file.write(block)


def _shown(member: zipfile.ZipInfo) -> str:
    return member.filename[:200]
