"""Numbers about a MIDI file's music and what is said of it. Pure: features by name out.

Files were decoded in a confined child when they were taken in; what is read here is that content.
"""

from collections import Counter
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from symusic.core import ScoreSecond

Writer = TypeVar("Writer", int, str)
MOST_NOTES = 200_000
PITCH_CLASSES = 12


class NothingToCount(ValueError):
    """The file's music cannot be counted; the message says why."""


def midi_statistics(content: bytes) -> dict[str, float]:
    """What can be counted of a piece's notes.

    Returns:
        seconds, notes, notes_a_second, lowest and mean pitch, pitch_range (semitones), polyphony
        (mean notes sounding at once), tempo_qpm (the median), drum_part, programs,
        pitch_class_entropy (bits), note_seconds (median), velocity_spread.

    Raises:
        NothingToCount: unreadable, without notes, or with more than are counted.
    """
    try:
        score: Any = ScoreSecond.from_midi(content)
    except (RuntimeError, ValueError, TypeError, UnicodeDecodeError, MemoryError) as error:
        raise NothingToCount(f"It cannot be read as MIDI: {error}.") from error
    parts = [(track, track.notes.numpy()) for track in score.tracks]
    n_notes = sum(len(notes["time"]) for _, notes in parts)
    if not 0 < n_notes <= MOST_NOTES:
        raise NothingToCount(f"It holds {n_notes:,} notes; from 1 to {MOST_NOTES:,} are counted.")
    start, length, pitch, velocity = (
        np.concatenate([notes[name] for _, notes in parts]).astype(np.float64)
        for name in ("time", "duration", "pitch", "velocity")
    )
    seconds = max(float((start + length).max() - start.min()), 0.01)
    n_drums = sum(len(notes["time"]) for track, notes in parts if track.is_drum)
    tempos = [tempo.qpm for tempo in score.tempos] or [120.0]
    return {
        "seconds": seconds,
        "notes": float(n_notes),
        "notes_a_second": n_notes / seconds,
        "lowest_pitch": float(pitch.min()),
        "mean_pitch": float(pitch.mean()),
        "pitch_range": float(np.ptp(pitch)),
        "polyphony": float(length.sum()) / seconds,
        "tempo_qpm": float(np.median(tempos)),
        "drum_part": n_drums / n_notes,
        "programs": float(len({track.program for track, notes in parts if len(notes["time"])})),
        "pitch_class_entropy": _entropy(pitch),
        "note_seconds": float(np.median(length)),
        "velocity_spread": float(velocity.std()),
    }


def _entropy(pitch: NDArray[np.float64]) -> float:
    counts = np.bincount(pitch.astype(np.int64) % PITCH_CLASSES, minlength=PITCH_CLASSES)
    parts = counts[counts > 0] / counts.sum()
    return float(-(parts * np.log2(parts)).sum()) + 0.0


def title_values(title: str) -> dict[str, float]:
    """What is counted of a title's letters."""
    letters = [each for each in title if each.isalpha()]
    return {
        "title_letters": float(len(title)),
        "title_capitals": sum(map(str.isupper, letters)) / max(len(letters), 1),
        "title_digits": sum(map(str.isdigit, title)) / max(len(title), 1),
    }


def writer_values(writers: Counter[Writer], writer: Writer, collection: str) -> dict[str, float]:
    """Which part of the others in its collection somebody else composed."""
    n_others = writers.total() - 1
    if not collection or n_others < 1:
        return {}
    return {"writer_elsewhere": 1 - (writers[writer] - 1) / n_others}
