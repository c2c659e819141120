"""A MIDI file's notes: when, how high, in which part, in quarters and in seconds."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from symusic.core import ScoreTick

from common.hashing import sha256_bytes

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

MOST_NOTES = 100_000
# Onsets are compared at this part of a quarter: finer than anything that is written down.
PARTS_OF_A_QUARTER = 48
DEFAULT_QPM = 120.0


class UnreadableNotes(ValueError):
    """A file has no notes that can be compared; the message says why."""


@dataclass(frozen=True)
class Notes:
    """The notes of a piece, ascending by onset, then pitch. Drums are left out."""

    onset: FloatArray  # (n,) in quarters
    length: FloatArray  # (n,) in quarters
    pitch: IntArray  # (n,) 60 is C4
    velocity: IntArray  # (n,)
    part: IntArray  # (n,) number of the track that has it
    onset_seconds: FloatArray  # (n,)
    end_seconds: FloatArray  # (n,)
    bar: IntArray  # (n,) from 1

    def __len__(self) -> int:
        return len(self.onset)

    @property
    def end(self) -> float:
        """When the last note has rung, in quarters."""
        return float((self.onset + self.length).max())


def read_notes(content: bytes) -> Notes:
    """The notes of a MIDI file that was taken in, and so was decoded in a confined child before.

    Raises:
        UnreadableNotes: it cannot be read, or holds no notes, or more than can be compared.
    """
    try:
        score: Any = ScoreTick.from_midi(content)
    except (RuntimeError, ValueError, TypeError, UnicodeDecodeError, MemoryError) as error:
        raise UnreadableNotes(f"It cannot be read as MIDI: {error}.") from error
    ticks_per_quarter = score.ticks_per_quarter
    if ticks_per_quarter < 1:
        raise UnreadableNotes("It does not say how long a quarter is.")
    parts = [track.notes.numpy() for track in score.tracks if not track.is_drum]
    counts = [len(part["time"]) for part in parts]
    if not 0 < sum(counts) <= MOST_NOTES:
        raise UnreadableNotes(
            f"It holds {sum(counts):,} notes; from 1 to {MOST_NOTES:,} can be compared."
        )
    start, length, pitch, velocity = (
        np.concatenate([part[name] for part in parts]).astype(np.int64)
        for name in ("time", "duration", "pitch", "velocity")
    )
    part = np.repeat(np.arange(len(parts)), counts)
    order = np.lexsort((part, pitch, start))
    start, length, pitch = start[order], length[order], pitch[order]
    return Notes(
        onset=start / ticks_per_quarter,
        length=length / ticks_per_quarter,
        pitch=pitch,
        velocity=velocity[order],
        part=part[order],
        onset_seconds=_seconds(score, start),
        end_seconds=_seconds(score, start + length),
        bar=_bars(score, start),
    )


def notes_sha256(notes: Notes) -> str:
    """A hash of the notes alone: names, texts, tempi, parts and how hard keys are struck play no
    role, nor how many ticks a quarter has, nor how long nothing sounds at the beginning."""
    columns = (notes.onset - notes.onset[0], notes.length, notes.pitch / PARTS_OF_A_QUARTER)
    table = np.stack([np.rint(each * PARTS_OF_A_QUARTER) for each in columns])
    order = np.lexsort((table[1], table[2], table[0]))
    return sha256_bytes(np.ascontiguousarray(table[:, order], dtype="<i8").tobytes())


def _seconds(score: Any, ticks: IntArray) -> FloatArray:
    """When each tick is at the tempi of the score.  (n,)"""
    tempi = {0: DEFAULT_QPM} | {each.time: each.qpm for each in score.tempos if each.qpm > 0}
    changes = np.array(sorted(tempi), dtype=np.int64)
    tick_seconds = np.array([60 / (tempi[at] * score.ticks_per_quarter) for at in changes.tolist()])
    began = np.concatenate(([0.0], np.cumsum(np.diff(changes) * tick_seconds[:-1])))
    reigning = np.searchsorted(changes, ticks, side="right") - 1
    found: FloatArray = began[reigning] + (ticks - changes[reigning]) * tick_seconds[reigning]
    return found


def _bars(score: Any, ticks: IntArray) -> IntArray:
    """The bar of each tick, from 1; four quarters each unless the file says otherwise.  (n,)"""
    quarter = score.ticks_per_quarter
    signs = {0: 4 * quarter}
    for each in score.time_signatures:
        if each.numerator > 0 and each.denominator > 0:
            signs[each.time] = max(each.numerator * 4 * quarter // each.denominator, 1)
    changes = np.array(sorted(signs), dtype=np.int64)
    lengths = np.array([signs[at] for at in changes.tolist()], dtype=np.int64)
    whole = -(-np.diff(changes) // lengths[:-1])  # a change inside a bar ends it
    before = np.concatenate(([0], np.cumsum(whole)))
    reigning = np.searchsorted(changes, ticks, side="right") - 1
    bars: IntArray = 1 + before[reigning] + (ticks - changes[reigning]) // lengths[reigning]
    return bars
