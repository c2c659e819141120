"""How well pieces that are out of place are found, beside a single z-score and chance.

Faults are planted in the bundled catalogue, one of each kind for every seed: a drum loop, a stub of
three seconds, a title and composer swapped in from another song, a song filed in another
composer's collection, and an absurd tempo. Planted are `--planted` of each kind; precision among
the first k and the share that is found there (k: as many as were planted, and twice) are medians
over the seeds. What else the catalogue holds that is odd counts as wrong.
"""

import argparse
import csv
import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import numpy as np
from rich.console import Console
from rich.table import Table

from catalog.quality.content import midi_statistics, title_values, writer_values
from catalog.quality.forest import Piece, judge, sigmas

CATALOGUE = Path(__file__).parents[2] / "demo" / "catalogue"
# Others than those on which the forest was weighed.
FIRST_SEED, SEEDS, PLANTED = 100, 11, 3


class Song:
    """A piece of the bundled catalogue that a fault can be planted in."""

    def __init__(self, key: int, row: dict[str, str], music: dict[str, float]) -> None:
        self.key = key
        self.title, self.composer = row["title"], row["composer"]
        self.collection, self.genre = row["collection"], row["genre"]
        self.shares = [
            float(part) / 100
            for role in ("composer", "lyricist", "publisher")
            for part in row[f"{role}_share_pct"].split(";")
            if part.strip()
        ]
        self.music = dict(music)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--planted", type=int, default=PLANTED, help="of each kind")


def show(console: Console, options: argparse.Namespace) -> None:
    """Print the table."""
    songs = read_songs()
    n_planted = options.planted * len(KINDS)
    results: dict[str, list[tuple[float, float]]] = {name: [] for name in METHODS}
    by_kind: dict[str, list[float]] = {name: [] for name in KINDS}
    for seed in range(FIRST_SEED, FIRST_SEED + options.seeds):
        spoiled, kind_of = plant(songs, options.planted, seed)
        pieces = as_pieces(spoiled)
        for name, method in METHODS.items():
            order = method(pieces, seed)
            found = [sum(key in kind_of for key in order[:k]) for k in (n_planted, 2 * n_planted)]
            results[name].append((found[0] / n_planted, found[1] / n_planted))
            if name == "isolation forest":
                first = set(order[: 2 * n_planted])
                for kind in KINDS:
                    keys = [key for key, planted in kind_of.items() if planted == kind]
                    by_kind[kind].append(sum(key in first for key in keys) / len(keys))
    title = f"{n_planted} of {len(songs)} pieces out of place, median of {options.seeds} seeds"
    table = Table(title=title)
    table.add_column("method")
    for k in (n_planted, 2 * n_planted):
        table.add_column(f"precision@{k}", justify="right")
        table.add_column(f"recall@{k}", justify="right")
    for name, pairs in results.items():
        one, two = (median(pair[at] for pair in pairs) for at in (0, 1))
        table.add_row(name, f"{one:.2f}", f"{one:.2f}", f"{two / 2:.2f}", f"{two:.2f}")
    console.print(table)
    kinds = Table(title=f"Found by the forest among the first {2 * n_planted}, mean over seeds")
    kinds.add_column("planted")
    kinds.add_column("recall", justify="right")
    for kind, recalls in by_kind.items():
        kinds.add_row(kind, f"{np.mean(recalls):.2f}")
    console.print(kinds)


def read_songs() -> list[Song]:
    with (CATALOGUE / "manifest.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return [
        Song(key, row, midi_statistics((CATALOGUE / row["file"]).read_bytes()))
        for key, row in enumerate(rows)
    ]


def plant(songs: Sequence[Song], n_each: int, seed: int) -> tuple[list[Song], dict[int, str]]:
    """Copies of the songs, some of them spoiled, and in which way which one is."""
    # Other than for money, chance here must only be repeatable.
    chance = random.Random(seed)
    copies = [_copy(song) for song in songs]
    chosen = chance.sample(copies, n_each * len(KINDS))
    kind_of = {}
    for at, song in enumerate(chosen):
        kind = list(KINDS)[at % len(KINDS)]
        KINDS[kind](song, chance, songs)
        kind_of[song.key] = kind
    return copies, kind_of


def _copy(song: Song) -> Song:
    copy = object.__new__(Song)
    copy.__dict__.update(song.__dict__, music=dict(song.music))
    return copy


def _drum_loop(song: Song, chance: random.Random, _songs: Sequence[Song]) -> None:
    seconds, rate = chance.uniform(60, 180), chance.uniform(6, 12)
    song.music.update(
        seconds=seconds, notes=seconds * rate, notes_a_second=rate, lowest_pitch=36.0,
        mean_pitch=40.0, pitch_range=10.0, polyphony=rate * 0.1, tempo_qpm=120.0, drum_part=1.0,
        programs=1.0, pitch_class_entropy=1.5, note_seconds=0.1,
    )  # fmt: skip


def _stub(song: Song, _chance: random.Random, _songs: Sequence[Song]) -> None:
    rate = song.music["notes_a_second"]
    song.music.update(seconds=3.0, notes=max(1.0, 3 * rate))


def _swapped(song: Song, chance: random.Random, songs: Sequence[Song]) -> None:
    other = chance.choice([each for each in songs if each.composer != song.composer])
    song.title, song.composer = other.title, other.composer


def _misfiled(song: Song, chance: random.Random, songs: Sequence[Song]) -> None:
    sizes = Counter(each.collection for each in songs)
    large = [
        each for each in songs if each.composer != song.composer and sizes[each.collection] > 2
    ]
    song.collection = chance.choice(large).collection


def _absurd_tempo(song: Song, chance: random.Random, _songs: Sequence[Song]) -> None:
    factor = chance.choice([1 / 8, 8])
    for name, power in (
        ("seconds", -1),
        ("notes_a_second", 1),
        ("note_seconds", -1),
        ("tempo_qpm", 1),
    ):
        song.music[name] *= factor**power


KINDS: dict[str, Callable[[Song, random.Random, Sequence[Song]], None]] = {
    "drum loop": _drum_loop,
    "stub of 3 seconds": _stub,
    "title and composer swapped": _swapped,
    "in another composer's collection": _misfiled,
    "absurd tempo": _absurd_tempo,
}


def as_pieces(songs: Sequence[Song]) -> list[Piece]:
    """The songs with the features that the catalogue knows."""
    writers: dict[str, Counter[str]] = {}
    for song in songs:
        writers.setdefault(song.collection, Counter())[song.composer] += 1
    return [
        Piece(
            key=song.key,
            values={
                **song.music,
                **title_values(song.title),
                **writer_values(writers[song.collection], song.composer, song.collection),
                "holders": float(len(song.shares)),
                "largest_share": max(song.shares, default=0.0),
            },
            collection=song.collection,
            genre=song.genre,
        )
        for song in songs
    ]


def _by_forest(pieces: Sequence[Piece], _seed: int) -> list[int]:
    return [verdict.key for verdict in judge(pieces)]


def _by_one_z(pieces: Sequence[Piece], _seed: int) -> list[int]:
    """The single most extreme feature decides."""
    largest = np.abs(sigmas(pieces)).max(axis=1)
    return [pieces[at].key for at in np.argsort(-largest, kind="stable")]


def _by_chance(pieces: Sequence[Piece], seed: int) -> list[int]:
    keys = [piece.key for piece in pieces]
    random.Random(seed + 1_000).shuffle(keys)
    return keys


METHODS: dict[str, Callable[[Sequence[Piece], int], list[int]]] = {
    "isolation forest": _by_forest,
    "single z-score": _by_one_z,
    "chance": _by_chance,
}
