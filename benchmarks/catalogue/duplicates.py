"""How many planted copies of songs are found, and how many songs are taken for copies.

Of every song of a folder a copy of each kind is made (transposed, cut, re-encoded ...). All songs
and all copies of one kind are then compared with each other: a pair of a song and its own copy is
right; any other pair is wrong, though songs of one cycle and one composer are among them. Two
baselines see the same files: the hash of a file, and the cosine of histograms of pitch classes,
each turned to begin at its most frequent one, at the threshold that serves it best.
"""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from symusic.core import ScoreTick

from benchmarks.catalogue._plants import PLANTS
from catalog.duplicates.melody import LEAST_SCORE, Index, Notes, align, fingerprint, read_notes
from catalog.duplicates.melody.notes import FloatArray
from common.hashing import sha256_bytes

BUNDLED = Path(__file__).resolve().parents[2] / "demo" / "catalogue" / "midi"
SEED = 7
HEADINGS = ("copies", "found", "right", "wrong *", "same file", "pitch histogram (found, right)")
THRESHOLDS = np.linspace(0.9, 0.9999, 100)


@dataclass(frozen=True)
class Piece:
    """A song or a copy: copies have the number of their song."""

    song: int
    content: bytes
    notes: Notes


Pairs = set[tuple[int, int]]  # places of two pieces, ascending


@dataclass(frozen=True)
class Speed:
    """What finding took, all kinds of plants together."""

    pieces: int
    read_seconds: float
    compared: int
    compare_seconds: float


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--folder", type=Path, default=BUNDLED, help="MIDI files (the bundled ones)"
    )
    parser.add_argument("--songs", type=int, default=0, help="how many of them (all)")


def show(console: Console, options: Namespace) -> None:
    """Print the table of plants, and what was found among the songs themselves."""
    songs = _songs(options.folder, options.songs)
    own, speed = _found([piece.notes for piece in songs])
    table = Table(title=f"{len(songs)} songs of {options.folder.name}/, and a copy of each")
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading == "copies" else "right")
    for kind, copies in _planted(songs):
        pieces = songs + copies
        ours, took = _found([piece.notes for piece in pieces])
        speed = _added(speed, took)
        table.add_row(
            kind,
            *_scores(ours - own, pieces),
            _wrong(ours - own, pieces, own),
            _scores(_same_files(pieces), pieces)[0],
            " ".join(_best_histogram(pieces)),
        )
    console.print(table)
    console.print(
        f"Reading and fingerprinting: {speed.pieces / speed.read_seconds:,.0f} pieces a second. "
        f"Comparing: {speed.compared / speed.compare_seconds:,.0f} pairs a second, of which the "
        "index leaves those with rare words in common to be aligned."
    )
    console.print(
        "* in brackets: a song and a copy of one that is found to be like the song itself, below."
    )
    console.print(f"Among the songs themselves {len(own)} pairs were found:")
    names = _names(options.folder, options.songs)
    for first, second in sorted(own):
        found = align(songs[first].notes, songs[second].notes)
        assert found is not None
        console.print(
            f"  {names[first]} and {names[second]}: {found.agreement:.0%} of the notes, "
            f"{found.transposition:+d} semitones"
        )


def _names(folder: Path, most: int) -> list[str]:
    paths = sorted(folder.rglob("*.mid"))
    return [f"{path.parent.name}/{path.stem}" for path in (paths[:most] if most else paths)]


def _songs(folder: Path, most: int) -> list[Piece]:
    paths = sorted(folder.rglob("*.mid"))
    contents = [path.read_bytes() for path in (paths[:most] if most else paths)]
    return [Piece(number, each, read_notes(each)) for number, each in enumerate(contents)]


def _planted(songs: list[Piece]) -> Iterator[tuple[str, list[Piece]]]:
    for kind, bend in PLANTS.items():
        random = np.random.default_rng(SEED)
        copies = []
        for piece in songs:
            content = bytes(bend(ScoreTick.from_midi(piece.content), random).dumps_midi())
            copies.append(Piece(piece.song, content, read_notes(content)))
        yield kind, copies


def _found(pieces: list[Notes]) -> tuple[Pairs, Speed]:
    """The pairs that the catalogue would queue as the same tune."""
    began = time.perf_counter()
    words = {number: fingerprint(notes) for number, notes in enumerate(pieces)}
    read = time.perf_counter()
    index = Index(words)
    pairs = {
        (min(number, like.key), max(number, like.key))
        for number in words
        for like in index.like(words[number], but=number)
    }
    found = set()
    for first, second in pairs:
        aligned = align(pieces[first], pieces[second])
        if aligned is not None and aligned.score >= LEAST_SCORE:
            found.add((first, second))
    n_pairs = len(pieces) * (len(pieces) - 1) // 2
    return found, Speed(len(pieces), read - began, n_pairs, time.perf_counter() - read)


def _added(one: Speed, two: Speed) -> Speed:
    return Speed(
        one.pieces + two.pieces,
        one.read_seconds + two.read_seconds,
        one.compared + two.compared,
        one.compare_seconds + two.compare_seconds,
    )


def _scores(pairs: Pairs, pieces: list[Piece]) -> tuple[str, str]:
    """How many of the copies were found, and how many of the pairs are a song and its copy."""
    right = sum(pieces[first].song == pieces[second].song for first, second in pairs)
    n_copies = len(pieces) // 2
    return f"{right / n_copies:.1%}", f"{right / len(pairs):.1%}" if pairs else "-"


def _wrong(pairs: Pairs, pieces: list[Piece], own: Pairs) -> str:
    """How many pairs are no song and its copy, and how many of those join songs that are alike."""
    songs = [sorted((pieces[first].song, pieces[second].song)) for first, second in pairs]
    wrong = [(one, two) for one, two in songs if one != two]
    return f"{len(wrong)} ({sum(pair in own for pair in wrong)})"


def _same_files(pieces: list[Piece]) -> Pairs:
    known: dict[str, int] = {}
    pairs = set()
    for number, piece in enumerate(pieces):
        first = known.setdefault(sha256_bytes(piece.content), number)
        if first != number:
            pairs.add((first, number))
    return pairs


def _best_histogram(pieces: list[Piece]) -> tuple[str, str]:
    """Found and right at the threshold with the best harmonic mean of both."""
    histograms = np.stack([_histogram(piece.notes) for piece in pieces])  # (n, 12)
    cosine = np.triu(histograms @ histograms.T, k=1)
    song = np.array([piece.song for piece in pieces])
    is_right = np.triu(song[:, None] == song[None, :], k=1)
    n_copies = len(pieces) // 2
    best = (0.0, 0.0, 0.0)
    for threshold in THRESHOLDS:
        chosen = cosine >= threshold
        right, n_chosen = int((chosen & is_right).sum()), int(chosen.sum())
        found, precision = right / n_copies, right / max(n_chosen, 1)
        best = max(best, (2 * found * precision / max(found + precision, 1e-9), found, precision))
    return f"{best[1]:.1%}", f"{best[2]:.1%}"


def _histogram(notes: Notes) -> FloatArray:
    counts = np.bincount(notes.pitch % 12, notes.length, minlength=12)
    turned = np.roll(counts, -int(np.argmax(counts)))
    unit: FloatArray = turned / np.linalg.norm(turned)
    return unit
