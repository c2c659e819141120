"""A folder of music without a table: one row for each file, from the tags that it carries.

A file without a title is called by its name. Whoever wrote a tag may have meant anything by it, so
people named in tags are credits, never shares.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from catalog.formats.source import MOST_ROWS, Source, SourceRow
from catalog.manifest.faults import RowError, RowWarning, quote
from catalog.media import Prober, UnreadableMedia, checked_kind, read_inside
from catalog.media.kinds import kind_of_name

FORMAT = "folder"
MOST_FILES = MOST_ROWS
# Tags by our columns; the first value counts where one fits, and all where people are named.
_TEXTS = {"title": "title", "release_title": "album", "genre": "genre", "isrc": "isrc"}
_PEOPLE = {"artist": "artist", "composer": "composer", "lyricist": "lyricist"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_IDENTIFIER = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST_IDENTIFIER = 80
# Music that nothing here decodes, which is said file by file instead of being passed over.
_NOT_TAKEN = {".aac", ".aif", ".aiff", ".alac", ".ape", ".m4a", ".opus", ".wma", ".wv"}


def open_folder(path: Path) -> Source:
    """The music in a folder and below it, in the order of its paths."""
    columns = ("file", "track_id", *_TEXTS, *_PEOPLE, "released_on")
    source = Source(FORMAT, columns, iter(()), files_beside=True)
    source.rows = _rows(path, source.warn)
    return source


def _rows(root: Path, warn: Callable[[RowWarning], None]) -> Iterator[SourceRow | RowError]:
    number = 1
    passed_over: list[str] = []
    with Prober() as prober:
        for name in _names(root):
            suffix = PurePosixPath(name).suffix.lower()
            if kind_of_name(name) is None and suffix not in _NOT_TAKEN:
                passed_over.append(name)
                continue
            number += 1
            if number > MOST_FILES + 1:
                yield RowError(number, "", f"A folder has at most {MOST_FILES:,} pieces of music.")
                return
            yield _row(number, root, name, prober, warn)
    if number == 1:
        yield RowError(0, "", f"{quote(root.name)} holds no music and no manifest.")
    elif passed_over:
        message = (
            f"{len(passed_over):,} files are no music and were passed over, for example "
            f"{quote(passed_over[0])}."
        )
        warn(RowWarning(0, "file", message))


def _names(root: Path) -> Iterator[str]:
    """Paths of all files below a folder, with / between their parts; links are not followed."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                yield (Path(folder) / name).relative_to(root).as_posix()


def _row(
    number: int, root: Path, name: str, prober: Prober, warn: Callable[[RowWarning], None]
) -> SourceRow | RowError:
    try:
        content = read_inside(root, name)
        tags = prober.tags(content, checked_kind(name, content))
    except UnreadableMedia as fault:
        return RowError(number, "file", f"{name}: {fault}")
    cells = {"file": name, "track_id": identifier_of(name)}
    for column, tag in _TEXTS.items():
        cells[column] = next((value for value in tags.get(tag, ()) if value), "")
    for column, tag in _PEOPLE.items():
        cells[column] = ";".join(value for value in tags.get(tag, ()) if value)
    cells["title"] = cells["title"] or PurePosixPath(name).stem
    day = next(iter(tags.get("year", ())), "")[:10]
    cells["released_on"] = day if _DAY.fullmatch(day) else ""
    for claim in tags.get("copyright", ()):
        message = f"The file says {quote(claim)}; nobody has a share by that."
        warn(RowWarning(number, "file", message))
    return SourceRow(number, name, {column: cell for column, cell in cells.items() if cell})


def identifier_of(name: str) -> str:
    """A track_id that a file keeps as long as it keeps its path.

    Readable, and followed by a piece of the path's hash wherever reading it back would not give
    the path, so that two files never share one.
    """
    readable = _NO_IDENTIFIER.sub("-", name).strip("-._")[:LONGEST_IDENTIFIER]
    if readable == name:
        return readable
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{readable}-{digest}".lstrip("-")
