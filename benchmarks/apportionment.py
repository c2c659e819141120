"""How much does exactness cost? User-centric apportionment against the same sums in floats.

Both passes see the same deduplicated (subscriber, piece) pairs in the same process: the float
pass multiplies and adds float64 and rounds nothing, the exact pass is the one that pays. Medians
of several runs; the exact result is checked to sum to the pool to the atom, and to agree with the
floats as far as floats can tell.

    python -m benchmarks.apportionment --plays 2000000
"""

import argparse
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

import numpy as np

from royalty.apportionment import (
    MODELS,
    Allocation,
    IntArray,
    Rules,
    Snapshot,
    allocate,
    csr_from_triples,
)

EURO_ATOMS = 100_000_000
TRACKS_PER_PIECE = 10
T = TypeVar("T")


@dataclass(frozen=True)
class World:
    """A snapshot with the sizes it was made from."""

    snapshot: Snapshot
    pool_atoms: int
    n_plays: int


def make_world(n_plays: int, seed: int = 2) -> World:
    """Plays of n/25 subscribers over n/40 pieces of long-tailed popularity, 10 tracks a piece."""
    rng = np.random.default_rng(seed)
    n_users, n_pieces, n_tracks, n_parties = n_plays // 25, n_plays // 40, 5_000, 2_000
    user = rng.integers(0, n_users, n_plays)
    piece = np.floor(n_pieces * rng.random(n_plays) ** 3).astype(np.int64)
    keys, count = np.unique(user * n_pieces + piece, return_counts=True)
    fees = rng.choice([999, 1099, 1999], n_users) * 1_000_000
    owners = (np.repeat(np.arange(n_tracks), 2), *_owners(rng, n_tracks, n_parties))
    snapshot = Snapshot(
        tuple(f"G{i:09}" for i in range(n_pieces)),
        tuple(f"T{i:09}" for i in range(n_tracks)),
        tuple(f"P{i:09}" for i in range(n_parties)),
        np.ones(n_tracks, dtype=np.bool_),
        fees,
        *(keys // n_pieces, keys % n_pieces, count),
        np.zeros(n_pieces, dtype=np.int64),
        *_shares(rng, n_pieces, n_tracks),
        *csr_from_triples(*owners, n_tracks),
    )
    return World(snapshot, int(fees.sum()) * 7 // 10, n_plays)


def _shares(
    rng: np.random.Generator, n_pieces: int, n_tracks: int
) -> tuple[IntArray, IntArray, IntArray]:
    """Ten distinct tracks a piece; about a fifth of each piece stays unattributed."""
    stride = n_tracks // TRACKS_PER_PIECE
    track = rng.integers(0, stride, (n_pieces, TRACKS_PER_PIECE))
    track += stride * np.arange(TRACKS_PER_PIECE)
    weight = rng.exponential(size=track.shape)
    ppb = np.floor(0.8e9 * weight / weight.sum(axis=1, keepdims=True)).astype(np.int64)
    rows = np.repeat(np.arange(n_pieces), TRACKS_PER_PIECE)
    return csr_from_triples(rows, track.ravel(), ppb.ravel(), n_pieces)


def _owners(rng: np.random.Generator, n_tracks: int, n_parties: int) -> tuple[IntArray, IntArray]:
    """Two different parties a track, of shares that sum to the whole."""
    first = rng.integers(0, n_parties, n_tracks)
    second = (first + rng.integers(1, n_parties, n_tracks)) % n_parties
    ppm = rng.integers(1, 1_000_000, n_tracks)
    party = np.stack([first, second], axis=1).ravel()
    return party, np.stack([ppm, 1_000_000 - ppm], axis=1).ravel()


def float_pass(world: World) -> np.ndarray:
    """What each party earns in float64, by the same formula with nothing rounded.  (P,)"""
    s = world.snapshot
    used = np.bincount(
        s.usage_subscriber, weights=s.usage_count, minlength=len(s.subscriber_fee_atoms)
    )
    fees = np.where(used > 0, s.subscriber_fee_atoms, 0).astype(np.float64)
    per_use = world.pool_atoms * (fees / fees.sum()) / np.maximum(used, 1)
    by_pair = per_use[s.usage_subscriber] * s.usage_count
    by_piece = np.bincount(s.usage_generation, weights=by_pair, minlength=len(s.generation_ids))
    entries = np.repeat(by_piece, np.diff(s.share_indptr)) * (s.share_ppb / 1e9)
    by_track = np.bincount(s.share_track, weights=entries, minlength=len(s.track_ids))
    by_track += (world.pool_atoms - by_track.sum()) / len(s.track_ids)
    by_owner = np.repeat(by_track, np.diff(s.owner_indptr)) * (s.owner_ppm / 1e6)
    return np.bincount(s.owner_party, weights=by_owner, minlength=len(s.party_ids))


def timed(work: Callable[[], T], repeats: int) -> tuple[float, T]:
    """Median seconds of `work`, and its last result."""
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - started)
    return median(seconds), result


def check(world: World, allocation: Allocation, floats: np.ndarray) -> int:
    """The largest disagreement with the floats, in atoms; asserts that no atom is missing."""
    assert int(allocation.atoms.sum()) == world.pool_atoms
    assert int(allocation.by_party().sum()) == world.pool_atoms  # every track has known owners
    gap = np.abs(allocation.by_party() - floats).max()
    assert gap < len(allocation.atoms)  # every line may be off by less than an atom
    return int(gap)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plays", type=int, default=2_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    world = make_world(options.plays)
    s = world.snapshot
    rules = Rules(fallback="equal_training_set")
    from_floats, floats = timed(lambda: float_pass(world), options.repeats)
    revenue_only, _ = timed(
        lambda: MODELS["user_centric"].piece_revenue(s, world.pool_atoms, rules), options.repeats
    )
    exact, allocation = timed(
        lambda: allocate(s, "user_centric", world.pool_atoms, rules), options.repeats
    )
    gap = check(world, allocation, floats)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{world.n_plays:,} plays, {len(s.usage_count):,} pairs, {len(s.share_ppb):,} shares,"
        f" {len(allocation.atoms):,} lines, pool €{world.pool_atoms / EURO_ATOMS:,.2f}"
    )
    print(f"{'pass':34}{'seconds':>9}{'ratio':>8}{'plays/s':>14}")
    for name, seconds in (
        ("floats, totals only (baseline)", from_floats),
        ("exact, revenue of each piece", revenue_only),
        ("exact, every line", exact),
    ):
        rate = world.n_plays / seconds
        print(f"{name:34}{seconds:9.3f}{seconds / from_floats:8.1f}{rate:14,.0f}")
    print(f"conserved to the atom; floats are off by up to {gap:,} atoms; peak {peak_mib:,.0f} MiB")


if __name__ == "__main__":
    main()
