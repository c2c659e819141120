"""A bank's file between its arrival and the word that it is taken, while its preview is read.

It lies in the storage under a name that nobody is told, and only the session that brought it knows
of it; of one session the last one counts. What was left lying for a day goes when the next comes.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import PurePath

from django.contrib.sessions.backends.base import SessionBase
from django.core.files.storage import default_storage
from django.utils import timezone

from common.ids import new_id
from common.storage import put

FOLDER = "bank/incoming"
KEY = "staged-bank-file"  # the session's
KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True)
class StagedFile:
    """A file that arrived, as its sender named it."""

    token: str
    name: str

    @property
    def storage_name(self) -> str:
        return f"{FOLDER}/{self.token}"

    def read(self) -> bytes:
        with default_storage.open(self.storage_name) as file:
            content: bytes = file.read()
        return content


def stage(session: SessionBase, name: str, content: bytes) -> StagedFile:
    """Keep a file for the session that brought it, in place of the one before."""
    _sweep(timezone.now() - KEPT_FOR)
    if KEY in session:
        let_go(session, StagedFile(**session[KEY]))
    staged = StagedFile(new_id().hex, PurePath(name).name)
    put(staged.storage_name, content)
    session[KEY] = asdict(staged)
    return staged


def staged_as(session: SessionBase, token: str) -> StagedFile | None:
    """What the session brought under a token, if it still lies there."""
    kept = session.get(KEY)
    if kept is None or kept["token"] != token:
        return None
    staged = StagedFile(**kept)
    return staged if default_storage.exists(staged.storage_name) else None


def let_go(session: SessionBase, staged: StagedFile) -> None:
    """It was taken, or is not wanted any more."""
    session.pop(KEY, None)
    default_storage.delete(staged.storage_name)


def _sweep(oldest: datetime) -> None:
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    for name in names:
        if default_storage.get_modified_time(f"{FOLDER}/{name}") < oldest:
            default_storage.delete(f"{FOLDER}/{name}")
