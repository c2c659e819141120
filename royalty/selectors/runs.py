"""Runs, read back: the stored snapshot, and the lines that follow from it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
from django.core.files.storage import default_storage

import royalty.apportionment
from common.hashing import sha256_bytes
from royalty.apportionment import Allocation, LineKind, Rules, Snapshot, SnapshotError, allocate
from royalty.models import AllocationRun, Period


@dataclass(frozen=True)
class Books:
    """A run with what it was made from: all that its lines can be derived from."""

    run: AllocationRun
    snapshot: Snapshot
    allocation: Allocation

    def party_sums(self, kind: LineKind) -> dict[str, int]:
        """Atoms of each party, by ref, from one kind of line that names parties."""
        refs, lines = self.snapshot.party_ids, self.allocation
        chosen = lines.kind == kind
        sums = np.zeros(len(refs), dtype=np.int64)
        np.add.at(sums, lines.party[chosen], lines.atoms[chosen])
        return dict(zip(refs, sums.tolist(), strict=True))


class Derivation(NamedTuple):
    """All that a run's lines follow from."""

    snapshot_name: str
    snapshot_sha256: str
    allocation_model: str
    pool_atoms: int
    rules: Rules


class NoRunError(LookupError):
    """The period has not been computed; the message says so."""


def current_run(period: Period) -> AllocationRun:
    """The run that counts for a period: the last one, unless the period was opened again.

    Raises:
        NoRunError: nothing was computed since.
    """
    run = period.runs.order_by("-pk").first()
    if run is None or period.status == Period.Status.OPEN:
        raise NoRunError(f"{period} is {period.status}; compute it first.")
    return run


def current_runs(periods: Iterable[Period]) -> dict[int, AllocationRun]:
    """The runs that count for periods, by the period's key; none for those that are open."""
    computed = [period.pk for period in periods if period.status != Period.Status.OPEN]
    runs = AllocationRun.objects.filter(period__in=computed)
    return {run.period_id: run for run in runs.order_by("period_id", "-pk").distinct("period_id")}


def books_of(run: AllocationRun) -> Books:
    """The run's snapshot, and its lines computed again under its contract.

    Raises:
        SnapshotError: as `read_snapshot`.
    """
    return Books(run, *_derive(derivation_of(run)))


def kept_books_of(run: AllocationRun) -> Books:
    """The same, but the last few runs' are kept in the process.

    For pages and documents, which ask for the lines of one run again and again; whoever must see
    the storage as it is now takes `books_of`. Raises as that does.
    """
    return Books(run, *kept_lines(derivation_of(run)))


def derivation_of(run: AllocationRun) -> Derivation:
    contract = run.period.contract
    return Derivation(
        run.snapshot_name,
        run.snapshot_sha256,
        contract.allocation_model,
        run.pool_atoms,
        contract.rules,
    )


def _derive(source: Derivation) -> tuple[Snapshot, Allocation]:
    snapshot = read_snapshot(source.snapshot_name, source.snapshot_sha256)
    return snapshot, allocate(snapshot, source.allocation_model, source.pool_atoms, source.rules)


# A period of 100,000 lines takes about 10 MB here.
# A statement asks for its own run, and for two more of each period that it adjusts.
kept_lines = lru_cache(maxsize=6)(_derive)


def read_snapshot(name: str, sha256: str) -> Snapshot:
    """A stored snapshot.

    Raises:
        SnapshotError: the file is missing, torn, altered, or another one.
    """
    if not default_storage.exists(name):
        raise SnapshotError(f"The snapshot {name} is missing from the storage.")
    with default_storage.open(name) as stored:
        snapshot = Snapshot.load(stored)
    digest = snapshot.digest()
    if digest != sha256:
        raise SnapshotError(f"{name} holds the snapshot {digest}, not {sha256}.")
    return snapshot


class Rederived(NamedTuple):
    """What a run's lines came out as when they were last derived from the stored snapshot."""

    lines_sha256: str
    pieces: int
    unattributed: int  # pieces without any attribution that counts


def rederived(run: AllocationRun) -> Rederived:
    """Derive a run's lines from its snapshot, unless this process did since the file was written.

    The file is looked at each time: one that is missing, or was written since, is read again.

    Raises:
        SnapshotError: as `read_snapshot`.
    """
    name = run.snapshot_name
    try:
        written = (default_storage.size(name), default_storage.get_modified_time(name))
    except FileNotFoundError as error:
        raise SnapshotError(f"The snapshot {name} is missing from the storage.") from error
    return _rederived(derivation_of(run), written)


@lru_cache(maxsize=256)  # a hash and two counts each
def _rederived(source: Derivation, _written: tuple[int, datetime]) -> Rederived:
    snapshot, allocation = _derive(source)
    without = int((np.diff(snapshot.share_indptr) == 0).sum())
    return Rederived(lines_sha256(allocation), len(snapshot.generation_ids), without)


def lines_sha256(allocation: Allocation) -> str:
    """The hash of every line, in order: equal hashes mean the same money for the same reasons.

    Which right a line is of counts where there are two; where there is one, the hash is what it
    always was.
    """
    of_right = ("right",) if allocation.n_rights > 1 else ()
    sha = hashlib.sha256(b"tantieme allocation lines 1\n")
    for name in ("generation", "track", *of_right, "party", "kind", "atoms"):
        values = getattr(allocation, name)
        sha.update(f"{name} {len(values)}\n".encode())
        sha.update(np.ascontiguousarray(values, dtype="<i8").data)
    return sha.hexdigest()


@cache
def code_version() -> str:
    """The program's version and the hash of the sources that apportion."""
    folder = Path(royalty.apportionment.__path__[0])
    sources = sorted(folder.rglob("*.py"))
    content = b"".join(sha256_bytes(path.read_bytes()).encode() for path in sources)
    return f"{version('tantieme')}+{sha256_bytes(content)[:16]}"
