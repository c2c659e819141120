"""Tunes as hashes that stay when a piece is transposed, played at another tempo or cut.

A piece is heard as a few lines: the top line of every part, and that of all together (a note that
begins below one that still sounds is passed over). Of a line, six notes in a row are told by the
five intervals between them and by whether each step is shorter than, as long as, or longer than the
one before. Neither key nor tempo is in that, nor ticks a quarter, nor how hard a key is struck; a
note that is added or lost spoils six of these words and leaves the others. Of every four words in
a row the one with the smallest hash is kept (winnowing: Schleimer, Wilkerson and Aiken 2003), by
the same rule in every piece, so a passage of nine notes that two pieces share is found in both.

Rejected: absolute pitches (lose every transposition), exact ratios of lengths (lose quantised
re-encodings), histograms (cannot say which bars match), triples of notes over all parts (ten times
the index, for what the alignment settles anyway).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.duplicates.melody.notes import FloatArray, IntArray, Notes

HashArray = NDArray[np.uint32]

NOTES_A_SHINGLE = 6
WINDOW = 4
LONGER, SHORTER = 1.75, 1 / 1.75  # between dotted (1.5) and double; a grid's rounding is inside
TOGETHER = 1 / 16  # of a quarter: notes of one chord
LARGEST_LEAP = 30
# Odd constants of splitmix64 (Steele, Lea and Flood 2014), which spread words over all hashes.
_GOLDEN, _MIX1, _MIX2 = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)


@dataclass(frozen=True)
class Shingles:
    """The words of a piece's lines: hash, where it begins, how long it lasts, its first pitch."""

    word: HashArray  # (n,)
    onset: FloatArray  # (n,) in quarters
    span: FloatArray  # (n,) in quarters, from the first onset to the last
    pitch: IntArray  # (n,)


def fingerprint(notes: Notes) -> HashArray:
    """The kept words of a piece, ascending, each once.  (n_words,)"""
    kept = [_winnowed(_line_shingles(notes, line).word) for line in _lines(notes)]
    return np.unique(np.concatenate([np.zeros(0, dtype=np.uint32), *kept]))


def shingles(notes: Notes) -> Shingles:
    """All words of a piece, for an alignment."""
    lines = [_line_shingles(notes, line) for line in _lines(notes)]
    return Shingles(
        *(
            np.concatenate([getattr(line, name) for line in lines])
            for name in ("word", "onset", "span", "pitch")
        )
    )


def top_line(notes: Notes, chosen: IntArray | None = None) -> IntArray:
    """The places of the notes that are heard as the tune: the highest of each chord, unless a
    higher one still sounds.  (n_line,)"""
    places = np.arange(len(notes)) if chosen is None else chosen
    onset, pitch = notes.onset[places], notes.pitch[places]
    chord = np.cumsum(np.diff(onset, prepend=onset[:1]) > TOGETHER)
    order = np.lexsort((-pitch, chord))
    first = np.flatnonzero(np.diff(chord[order], prepend=-1))
    tops = order[first]
    ends = onset[tops] + notes.length[places][tops]
    kept, sounding_until, sounding_pitch = [], -1.0, -1
    for at, begins, end, height in zip(
        tops.tolist(), onset[tops].tolist(), ends.tolist(), pitch[tops].tolist(), strict=True
    ):
        if begins < sounding_until - TOGETHER and height < sounding_pitch:
            continue
        kept.append(at)
        sounding_until, sounding_pitch = end, height
    line: IntArray = places[np.array(kept, dtype=np.int64)]
    return line


def _lines(notes: Notes) -> Iterator[IntArray]:
    """The top line of the whole, and of each part where there are several."""
    yield top_line(notes)
    parts = np.unique(notes.part)
    if len(parts) > 1:
        for part in parts:
            yield top_line(notes, np.flatnonzero(notes.part == part))


def _line_shingles(notes: Notes, line: IntArray) -> Shingles:
    onset, pitch = notes.onset[line], notes.pitch[line]
    n_words = max(0, len(line) - NOTES_A_SHINGLE + 1)
    if not n_words:
        nothing = np.zeros(0)
        return Shingles(nothing.astype(np.uint32), nothing, nothing, nothing.astype(np.int64))
    interval = np.clip(np.diff(pitch), -LARGEST_LEAP, LARGEST_LEAP) + LARGEST_LEAP  # (n - 1,)
    step = np.diff(onset)
    ratio = step[1:] / step[:-1]  # (n - 2,)
    pace = (ratio >= LONGER).astype(np.int64) - (ratio <= SHORTER) + 1
    word = np.zeros(n_words, dtype=np.uint64)
    for at in range(NOTES_A_SHINGLE - 1):
        word = word * np.uint64(61) + interval[at : at + n_words].astype(np.uint64)
    for at in range(NOTES_A_SHINGLE - 2):
        word = word * np.uint64(3) + pace[at : at + n_words].astype(np.uint64)
    moves = np.stack([interval[at : at + n_words] for at in range(NOTES_A_SHINGLE - 1)])
    is_tune = (moves != LARGEST_LEAP).any(axis=0)  # one note again and again says nothing
    begins = np.flatnonzero(is_tune)
    return Shingles(
        word=_spread(word)[begins],
        onset=onset[begins],
        span=onset[begins + NOTES_A_SHINGLE - 1] - onset[begins],
        pitch=pitch[begins],
    )


def _spread(word: NDArray[np.uint64]) -> HashArray:
    """splitmix64's finaliser, of which the upper half is kept."""
    mixed = word + _GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX2
    upper: HashArray = ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(32)).astype(np.uint32)
    return upper


def _winnowed(words: HashArray) -> HashArray:
    """Of every WINDOW words in a row the smallest.  (n_kept,)"""
    if len(words) <= WINDOW:
        return words[:0] if not len(words) else words.min(keepdims=True)
    smallest: HashArray = np.lib.stride_tricks.sliding_window_view(words, WINDOW).min(axis=1)
    return smallest
