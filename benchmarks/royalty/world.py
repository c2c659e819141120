"""A month of plays, drawn with heavy tails from a fixed seed, as a snapshot holds it.

How much a subscriber plays is log-normal, how often a piece is played falls with its rank as in
Zipf's law, and a piece's number says nothing of its rank. Drawn in blocks of subscribers, so that
fifty million plays are never held at once. Kept as one file for each array of `Snapshot`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from royalty.apportionment import IntArray, Snapshot, csr_from_triples

EURO_ATOMS = 100_000_000
FEES_CENTS = (999, 1099, 1999)
CENT_ATOMS = 1_000_000
TRACKS_PER_PIECE, PIECES_PER_TRACK, TRACKS_PER_PARTY = 10, 4, 5
TABLE_PARTS = ("indptr", "column", "value")
BLOCK_PLAYS = 2_000_000
ACTIVITY_SIGMA, POPULARITY_POWER = 1.2, 3


@dataclass(frozen=True)
class Size:
    """How much of everything there is; tracks and parties follow from the generated pieces."""

    plays: int
    subscribers: int
    generations: int

    @property
    def tracks(self) -> int:
        return max(TRACKS_PER_PIECE, self.generations // PIECES_PER_TRACK)

    @property
    def parties(self) -> int:
        return max(2, self.tracks // TRACKS_PER_PARTY)

    def __str__(self) -> str:
        return (
            f"{self.plays:,} plays by {self.subscribers:,} subscribers of {self.generations:,}"
            f" generations × {TRACKS_PER_PIECE} tracks, {self.parties:,} parties"
        )


def make(folder: Path, size: Size, seed: int = 2) -> None:
    """Draw a world and write it, a file for each array."""
    rng = np.random.default_rng(seed)
    usage = np.concatenate(list(_usage_blocks(rng, size)), axis=1)
    for name, column in zip(("subscriber", "generation", "count"), usage, strict=True):
        np.save(folder / f"usage_{name}.npy", column)
    np.save(
        folder / "subscriber_fee_atoms.npy",
        rng.choice(FEES_CENTS, size.subscribers) * CENT_ATOMS,
    )
    for name, arrays in (("share", _shares(rng, size)), ("owner", _owners(rng, size))):
        for part, column in zip(TABLE_PARTS, arrays, strict=True):
            np.save(folder / f"{name}_{part}.npy", column)


def load(folder: Path, name: str) -> IntArray:
    """One array of the world."""
    array: IntArray = np.load(folder / f"{name}.npy")
    return array


def table(folder: Path, name: str) -> tuple[IntArray, IntArray, IntArray]:
    """A CSR table of the world, "share" or "owner": (indptr, column, value)."""
    indptr, column, value = (load(folder, f"{name}_{part}") for part in TABLE_PARTS)
    return indptr, column, value


def snapshot(folder: Path) -> Snapshot:
    """The world as a run reads it."""
    share_indptr, share_track, share_ppb = table(folder, "share")
    owner_indptr, owner_party, owner_ppm = table(folder, "owner")
    n_generations, n_tracks = len(share_indptr) - 1, len(owner_indptr) - 1
    return Snapshot(
        generation_ids=tuple(f"G{at:09}" for at in range(n_generations)),
        track_ids=tuple(f"T{at:09}" for at in range(n_tracks)),
        party_ids=tuple(f"P{at:09}" for at in range(int(owner_party.max()) + 1)),
        training_track=np.ones(n_tracks, dtype=np.bool_),
        subscriber_fee_atoms=load(folder, "subscriber_fee_atoms"),
        usage_subscriber=load(folder, "usage_subscriber"),
        usage_generation=load(folder, "usage_generation"),
        usage_count=load(folder, "usage_count"),
        generation_fee_atoms=np.zeros(n_generations, dtype=np.int64),
        share_indptr=share_indptr,
        share_track=share_track,
        share_ppb=share_ppb,
        owner_indptr=owner_indptr,
        owner_party=owner_party,
        owner_ppm=owner_ppm,
    )


def pool_atoms(folder: Path) -> int:
    """What is left of all fees after a commission of 30 %."""
    return int(load(folder, "subscriber_fee_atoms").sum()) * 7 // 10


def _usage_blocks(rng: np.random.Generator, size: Size) -> Iterator[IntArray]:
    """(3, n): subscriber, generation, count; each pair once, ascending."""
    activity = rng.lognormal(sigma=ACTIVITY_SIGMA, size=size.subscribers)
    plays = rng.multinomial(size.plays, activity / activity.sum())
    number_of_rank = rng.permutation(size.generations)
    ends = np.cumsum(plays)
    cuts = np.searchsorted(ends, np.arange(BLOCK_PLAYS, size.plays, BLOCK_PLAYS))
    for block in np.split(np.arange(size.subscribers), cuts):
        user = np.repeat(block, plays[block])
        rank = np.floor(size.generations * rng.random(len(user)) ** POPULARITY_POWER)
        piece = number_of_rank[rank.astype(np.int64)]
        keys, count = np.unique(user * size.generations + piece, return_counts=True)
        yield np.stack([keys // size.generations, keys % size.generations, count])


def _shares(rng: np.random.Generator, size: Size) -> tuple[IntArray, IntArray, IntArray]:
    """Ten distinct tracks a piece; about a fifth of each piece stays unattributed."""
    stride = size.tracks // TRACKS_PER_PIECE
    track = rng.integers(0, stride, (size.generations, TRACKS_PER_PIECE))
    track += stride * np.arange(TRACKS_PER_PIECE)
    weight = rng.exponential(size=track.shape)
    ppb = np.floor(0.8e9 * weight / weight.sum(axis=1, keepdims=True)).astype(np.int64)
    rows = np.repeat(np.arange(size.generations), TRACKS_PER_PIECE)
    return csr_from_triples(rows, track.ravel(), ppb.ravel(), size.generations)


def _owners(rng: np.random.Generator, size: Size) -> tuple[IntArray, IntArray, IntArray]:
    """Two different parties a track, of shares that sum to the whole."""
    first = rng.permutation(np.arange(size.tracks) % size.parties)  # nobody is left out
    second = (first + rng.integers(1, size.parties, size.tracks)) % size.parties
    ppm = rng.integers(1, 1_000_000, size.tracks)
    party = np.stack([first, second], axis=1).ravel()
    both = np.stack([ppm, 1_000_000 - ppm], axis=1).ravel()
    return csr_from_triples(np.repeat(np.arange(size.tracks), 2), party, both, size.tracks)
