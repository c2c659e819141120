"""A file between its arrival and its delivery, while somebody says what its columns mean.

It lies in the storage under a name that nobody is told, and only the session that brought it knows
of it. What was left lying for a day goes when the next one comes.
"""

import hashlib
import re
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path, PurePath
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.core.files.storage import default_storage

from catalog.deliveries.services.receiving import SentFile
from catalog.formats import open_delivery
from catalog.manifest import RowError
from catalog.manifest.columns import KNOWN_COLUMNS
from common.ids import new_id
from common.storage import put_file

FOLDER = "deliveries/incoming"
KEY = "staged-deliveries"  # the session's
MOST_STAGED = 5  # of one session; of more the oldest is forgotten
KEPT_SECONDS = 24 * 3600
SAMPLES, LONGEST_SAMPLE, ROWS_LOOKED_AT = 3, 60, 20
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


class Unreadable(ValueError):
    """The file is none of which rows can be read; the message says why and what to do."""


@dataclass(frozen=True)
class Staged:
    """A file that arrived, and what was said with it."""

    token: str
    storage_name: str
    name: str
    sha256: str
    sender: str  # a code; empty: the operator
    as_of: str
    take_good_rows: bool

    @property
    def path(self) -> Path:
        return Path(default_storage.path(self.storage_name))

    @property
    def sent(self) -> SentFile:
        return SentFile(self.path, self.name, self.sha256)


@dataclass(frozen=True)
class Header:
    """The columns of a table, and for each some of what stands in it; none where there are none."""

    columns: tuple[str, ...]
    samples: dict[str, list[str]]


def stage(session: SessionBase, file: Any, **said: object) -> Staged:
    """Keep an uploaded file for the session that brought it."""
    _sweep()
    token, name = new_id().hex, PurePath(file.name or "").name
    suffix = PurePath(name).suffix.lower()
    storage_name = f"{FOLDER}/{token}{suffix if _SUFFIX.fullmatch(suffix) else ''}"
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    put_file(storage_name, file)
    staged = Staged(token, storage_name, name, digest.hexdigest(), **said)  # type: ignore[arg-type]
    session[KEY] = [*session.get(KEY, []), asdict(staged)][-MOST_STAGED:]
    return staged


def staged_as(session: SessionBase, token: str) -> Staged | None:
    """What the session brought under a token, if it still lies there."""
    for kept in session.get(KEY, []):
        if kept["token"] == token and default_storage.exists(kept["storage_name"]):
            return Staged(**kept)
    return None


def let_go(session: SessionBase, staged: Staged) -> None:
    """It was delivered, or is not wanted any more."""
    session[KEY] = [kept for kept in session.get(KEY, []) if kept["token"] != staged.token]
    default_storage.delete(staged.storage_name)


def header_of(staged: Staged) -> Header:
    """What columns a file has, with samples; no columns where its format says what is what.

    Raises:
        Unreadable: no row of it can be read.
    """
    if staged.path.suffix == ".zip":  # opened by the worker, which has limits for that
        return Header((), {})
    with open_delivery(staged.path, column_of={}) as source:
        first = next(iter(source), None)
        if isinstance(first, RowError) and not source.columns:
            raise Unreadable(first.message)
        columns = tuple(dict.fromkeys(column for column in source.columns if column))
    return Header(columns, _samples(staged, columns))


def _samples(staged: Staged, columns: tuple[str, ...]) -> dict[str, list[str]]:
    """The first different values of each column. Only to be shown, each is read as one of ours."""
    names = ["title", *(name for name in KNOWN_COLUMNS if name != "title")]
    theirs = dict(zip(names, columns, strict=False))
    samples: dict[str, list[str]] = {column: [] for column in columns}
    with open_delivery(staged.path, column_of=theirs) as source:
        for row in islice(source, ROWS_LOOKED_AT):
            for name, cell in {} if isinstance(row, RowError) else row.cells.items():
                kept = samples.get(theirs.get(name, ""), [])
                if cell and len(kept) < SAMPLES and cell[:LONGEST_SAMPLE] not in kept:
                    kept.append(cell[:LONGEST_SAMPLE])
    return samples


def _sweep() -> None:
    oldest = time.time() - KEPT_SECONDS
    for path in _lying():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _lying() -> Iterator[Path]:
    folder = Path(default_storage.path(FOLDER))
    yield from folder.iterdir() if folder.is_dir() else ()
