"""Who apportions: each is made ready from the world's files, then runs as often as it is asked.

All start from the same pairs of subscriber and piece, each once, and end with what every party
earned. Reading the files is no part of the race, checking them is part of ours.
"""

from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import numpy as np

from benchmarks.royalty import world
from royalty.apportionment import IntArray, Rules, allocate

RULES = Rules(fallback="equal_training_set")
Run = Callable[[], IntArray]  # atoms of each party, (P,)
Prepare = Callable[[Path, int], Run]


def ours(folder: Path, threads: int) -> Run:
    """What a period run calls: every line, its checks included, then the parties' sums."""
    snapshot, pool_atoms = world.snapshot(folder), world.pool_atoms(folder)

    def run() -> IntArray:
        vars(snapshot).pop("_is_checked", None)  # a run's snapshot is new, and checked
        return allocate(snapshot, "user_centric", pool_atoms, RULES).by_party()

    return run


def floats(folder: Path, threads: int) -> Run:
    """The floor: the same formula in float64, totals only, nothing rounded before the end."""
    user, piece, count = (
        world.load(folder, f"usage_{name}") for name in ("subscriber", "generation", "count")
    )
    fee = world.load(folder, "subscriber_fee_atoms")
    shares, owners = world.table(folder, "share"), world.table(folder, "owner")
    pool_atoms = world.pool_atoms(folder)

    def run() -> IntArray:
        used = np.bincount(user, weights=count, minlength=len(fee))
        fees = np.where(used > 0, fee, 0).astype(np.float64)
        per_use = pool_atoms * (fees / fees.sum()) / np.maximum(used, 1)
        by_pair = per_use[user] * count
        by_piece = np.bincount(piece, weights=by_pair, minlength=len(shares[0]) - 1)
        entries = np.repeat(by_piece, np.diff(shares[0])) * (shares[2] / 1e9)
        by_track = np.bincount(shares[1], weights=entries, minlength=len(owners[0]) - 1)
        by_track += (pool_atoms - by_track.sum()) / len(by_track)
        by_owner = np.repeat(by_track, np.diff(owners[0])) * (owners[2] / 1e6)
        return np.rint(np.bincount(owners[1], weights=by_owner)).astype(np.int64)

    return run


def duckdb(folder: Path, threads: int) -> Run:
    """See `in_duckdb`."""
    from benchmarks.royalty.in_duckdb import prepare

    return prepare(folder, threads)


def polars(folder: Path, threads: int) -> Run:
    """See `in_polars`, which reads its number of threads from the environment."""
    from benchmarks.royalty.in_polars import prepare

    return prepare(folder)


FLOOR, OURS = "floats, numpy", "ours, exact"
PEERS = {"duckdb, exact": "duckdb", "polars, exact": "polars"}  # which library each needs
CONTESTANTS: dict[str, Prepare] = {
    FLOOR: floats,
    OURS: ours,
    "duckdb, exact": duckdb,
    "polars, exact": polars,
}


def missing(name: str) -> str:
    """Why a contestant cannot take part; empty if it can."""
    library = PEERS.get(name)
    if library is None:
        return ""
    try:
        metadata.version(library)
    except metadata.PackageNotFoundError:
        return f"{library} is not installed; pip install 'tantieme[benchmarks]'"
    return ""
