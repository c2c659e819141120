"""The notes of a piece in seconds, in the order in which its tokens tell them.

People hear what the model read: the merged and quantised notes, at the tempi and with the
velocities of the file itself (tokens round tempi and know no velocity). Each note knows the place
of its `Pitch` token, so that a segment of tokens is a range of notes. It must not know about
models or who owns a piece.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from symusic.core import ScoreTick

from attribution.reference.arrays import IntArray
from attribution.reference.segments import cut
from attribution.reference.tokens import GRID, Vocabulary, merge, read_midi

DEFAULT_QPM = 120.0  # what a MIDI file means that names no tempo


@dataclass(frozen=True)
class PieceNotes:
    """The notes of a piece, ascending by onset; notes of one chord ascend by pitch."""

    onset_ms: IntArray  # (n,)
    duration_ms: IntArray  # (n,) at least 1
    pitch: IntArray  # (n,) as MIDI numbers them, 60 is C4
    velocity: IntArray  # (n,) 1 to 127
    token: IntArray  # (n,) place of the note's Pitch token in the piece
    n_tokens: int

    def first_of_segments(self, window: int) -> IntArray:
        """The first note of each segment, when tokens are cut into windows: (n_segments,).

        Segment i holds the notes from its own first until the next one's; it may hold none.
        """
        return np.searchsorted(self.token, cut([self.n_tokens], window).start)


def read_notes(data: bytes, name: str, vocabulary: Vocabulary) -> PieceNotes:
    """The notes of a MIDI file. Raises UnreadableMusic."""
    score = read_midi(data, name)
    merged = merge(score, name)
    tokens = vocabulary.encode(data, name)
    pitches = vocabulary.pitches
    places = np.flatnonzero((tokens >= pitches.start) & (tokens < pitches.stop))
    told = merged.tracks[0].notes.numpy()
    start, length = told["time"].astype(np.int64), told["duration"].astype(np.int64)
    pitch = told["pitch"].astype(np.int64)
    _assert_told(vocabulary.quarters[tokens], places, start)
    onset_ms, end_ms = _milliseconds(merged, start), _milliseconds(merged, start + length)
    return PieceNotes(
        onset_ms=onset_ms,
        duration_ms=np.maximum(end_ms - onset_ms, 1),
        pitch=pitch,
        velocity=_velocities(score, start, pitch),
        token=places,
        n_tokens=len(tokens),
    )


def _assert_told(quarters: NDArray[np.float64], places: IntArray, start: IntArray) -> None:
    """Notes and tokens are told of the same moments, or a segment would be heard elsewhere."""
    clock = np.rint(np.cumsum(quarters)[places] * GRID)
    assert np.array_equal(clock, start), "the tokens of a piece do not tell its notes"


def _milliseconds(score: ScoreTick, ticks: IntArray) -> IntArray:
    """When each tick is, at the tempi of the score: (n,) whole milliseconds."""
    tempi = {0: DEFAULT_QPM} | {tempo.time: tempo.qpm for tempo in score.tempos}
    changes = np.array(sorted(tempi), dtype=np.int64)  # (m,)
    tick_ms = np.array([60_000 / (tempi[tick] * score.tpq) for tick in changes.tolist()])
    began_ms = np.concatenate(([0.0], np.cumsum(np.diff(changes) * tick_ms[:-1])))
    reigning = np.searchsorted(changes, ticks, side="right") - 1
    found = began_ms[reigning] + (ticks - changes[reigning]) * tick_ms[reigning]
    rounded: IntArray = np.rint(found).astype(np.int64)
    return rounded


def _velocities(score: ScoreTick, start: IntArray, pitch: IntArray) -> IntArray:
    """How hard each note is struck: the hardest of the strokes that were merged into it, (n,)."""
    half = score.tpq // 2
    loudest: dict[tuple[int, int], int] = {}
    for part in score.tracks:
        if part.is_drum:
            continue
        notes = part.notes.numpy()
        grid = (notes["time"].astype(np.int64) * GRID + half) // score.tpq
        for at, key, velocity in zip(
            grid.tolist(), notes["pitch"].tolist(), notes["velocity"].tolist(), strict=True
        ):
            loudest[at, key] = max(velocity, loudest.get((at, key), 1))
    return np.array(
        [loudest[at, key] for at, key in zip(start.tolist(), pitch.tolist(), strict=True)]
    )
