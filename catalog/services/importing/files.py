"""The files that a manifest names: read, hashed, told apart, and decoded if they are new."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from catalog.manifest import ManifestRow, RowError
from catalog.media import Kind, Prober, UnreadableMedia, checked_kind, read_inside
from catalog.models import Asset
from catalog.services.assets import put_file
from common.hashing import sha256_bytes


@dataclass(frozen=True)
class MusicFile:
    """A file that passed every check."""

    name: str
    sha256: str
    size_bytes: int
    kind: Kind
    seconds: float


def inspect_files(
    rows: Iterable[ManifestRow], root: Path
) -> tuple[dict[int, MusicFile], list[RowError]]:
    """The file of each row, by row number; those at fault are among the errors.

    Files are read one at a time and let go again, so that memory holds one of them at most.
    """
    listed = list(rows)
    hashes, errors = _hash_all(listed, root)
    known_seconds = dict(
        Asset.objects.filter(sha256__in=set(hashes.values())).values_list("sha256", "seconds")
    )
    files: dict[int, MusicFile] = {}
    with Prober() as prober:
        for row in listed:
            if row.number not in hashes:
                continue
            try:
                files[row.number] = _inspect(row, root, hashes, known_seconds, prober)
            except UnreadableMedia as fault:
                errors.append(RowError(row.number, "file", str(fault)))
    return files, errors


def _hash_all(rows: list[ManifestRow], root: Path) -> tuple[dict[int, str], list[RowError]]:
    """The hash of each row's file, compared with what the row states and with other rows."""
    hashes: dict[int, str] = {}
    errors: list[RowError] = []
    first: dict[str, ManifestRow] = {}
    for row in rows:
        try:
            content = read_inside(root, row.file)
            checked_kind(row.file, content)
        except UnreadableMedia as fault:
            errors.append(RowError(row.number, "file", str(fault)))
            continue
        digest = sha256_bytes(content)
        earlier = first.setdefault(digest, row)
        if row.sha256 and row.sha256 != digest:
            errors.append(RowError(row.number, "sha256", _mismatch(row, digest)))
        elif earlier is not row:
            errors.append(RowError(row.number, "file", _same_content(row, earlier)))
        else:
            hashes[row.number] = digest
    return hashes, errors


def _inspect(
    row: ManifestRow,
    root: Path,
    hashes: Mapping[int, str],
    known_seconds: Mapping[str, float],
    prober: Prober,
) -> MusicFile:
    digest = hashes[row.number]
    content = read_unchanged(root, row.file, digest)
    kind = checked_kind(row.file, content)
    seconds = known_seconds.get(digest) or prober.seconds(content, kind)
    return MusicFile(row.file, digest, len(content), kind, seconds)


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
