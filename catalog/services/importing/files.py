"""The files that a manifest names: read, hashed, told apart, and decoded if they are new."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from catalog.manifest import ManifestRow
from catalog.media import Kind, Prober, UnreadableMedia, checked_kind, read_inside
from catalog.media.kinds import KINDS
from catalog.models import Asset
from catalog.services.assets import put_file
from common.hashing import sha256_bytes


class FileRefused(Exception):
    """A row's file cannot be taken; `column` says which cell is at fault."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True)
class MusicFile:
    """A file that passed every check."""

    name: str
    sha256: str
    size_bytes: int
    kind: Kind
    seconds: float
    measured: dict[str, Any] | None = None  # of a recording, as `Measures.as_answer` tells it

    def as_json(self) -> dict[str, Any]:
        """What is kept of it until it is written."""
        return {
            "name": self.name,
            "sha256": self.sha256,
            "size_bytes": self.size_bytes,
            "media_type": self.kind.media_type,
            "seconds": self.seconds,
            "measured": self.measured,
        }

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        """A file as `as_json` told it."""
        kinds = {kind.media_type: kind for kind in KINDS}
        rest = {name: value for name, value in said.items() if name != "media_type"}
        return cls(kind=kinds[said["media_type"]], **rest)


class Inspector:
    """Looks into the files of a delivery's rows, one at a time, so that memory holds one at most.

    Args:
        root: the folder in which they lie; None if no files came with the rows.
    """

    def __init__(self, root: Path | None) -> None:
        self._root = root
        self._prober = Prober()
        self._first: dict[str, ManifestRow] = {}

    def __enter__(self) -> Self:
        self._prober.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._prober.__exit__(kind, error, at)

    def inspect(self, row: ManifestRow) -> MusicFile | None:
        """The row's file, or None if it names none.

        Raises:
            FileRefused: it cannot be taken, or an earlier row has the same bytes.
        """
        if not row.file:
            return None
        if self._root is None:
            raise FileRefused(
                "file",
                "No files came with this delivery; leave the cell empty, or send the manifest and "
                "its files in one ZIP.",
            )
        try:
            return self._look_into(row, self._root)
        except UnreadableMedia as fault:
            raise FileRefused("file", str(fault)) from fault

    def _look_into(self, row: ManifestRow, root: Path) -> MusicFile:
        content = read_inside(root, row.file)
        kind = checked_kind(row.file, content)
        digest = sha256_bytes(content)
        if row.sha256 and row.sha256 != digest:
            raise FileRefused("sha256", _mismatch(row, digest))
        earlier = self._first.setdefault(digest, row)
        if earlier is not row:
            raise FileRefused("file", _same_content(row, earlier))
        known = Asset.objects.filter(sha256=digest).values_list("seconds", flat=True).first()
        if known:
            return MusicFile(row.file, digest, len(content), kind, known)
        look = self._prober.look(content, kind)
        measured = None if look.measures is None else look.measures.as_answer()
        return MusicFile(row.file, digest, len(content), kind, look.seconds, measured)


def read_unchanged(root: Path, name: str, sha256: str) -> bytes:
    """The file's bytes again.

    Raises:
        UnreadableMedia: they are no longer those that were checked.
    """
    content = read_inside(root, name)
    if sha256_bytes(content) != sha256:
        raise UnreadableMedia(f"{name} changed while it was being imported; import it again.")
    return content


def store_files(files: Iterable[MusicFile], root: Path) -> dict[str, Asset]:
    """Keep each file and its asset row, if they are not there whole; returns assets by hash.

    Raises:
        UnreadableMedia: a file changed since it was checked.
    """
    wanted = list(files)
    names = {file.sha256: _store(file, root) for file in wanted}
    known = set(Asset.objects.filter(sha256__in=names).values_list("sha256", flat=True))
    Asset.objects.bulk_create(
        [
            Asset(
                sha256=file.sha256,
                storage_name=names[file.sha256],
                media_type=file.kind.media_type,
                size_bytes=file.size_bytes,
                seconds=file.seconds,
                measured=file.measured,
            )
            for file in wanted
            if file.sha256 not in known
        ],
        ignore_conflicts=True,  # a generated piece with the same bytes may arrive at this moment
    )
    return {asset.sha256: asset for asset in Asset.objects.filter(sha256__in=names)}


def _store(file: MusicFile, root: Path) -> str:
    return put_file(file.sha256, file.kind, lambda: read_unchanged(root, file.name, file.sha256))


def _mismatch(row: ManifestRow, digest: str) -> str:
    return (
        f"{row.file} has the sha256 {digest}, not the one in the manifest; "
        "take the right file or correct the cell."
    )


def _same_content(row: ManifestRow, earlier: ManifestRow) -> str:
    return (
        f"{row.file} holds the same bytes as {earlier.file} in row {earlier.number}; "
        "one file is one track, or it would be paid twice."
    )
