"""A track to be seen and heard: a score in stretches, one at a time, or a recording as a whole."""

from typing import Any

import numpy as np

from attribution.selectors.rolls import Roll
from catalog.duplicates.melody import UnreadableNotes, read_notes
from catalog.models import Asset
from catalog.services.assets import asset_path
from catalog.services.outlines import is_recording
from portal.evidence.drawing import CONTEXT_MS, draw
from portal.evidence.sound import recording_of

STRETCH_MS = 20_000


def heard(asset: Asset | None, part: str) -> dict[str, Any]:
    """The stretch of a score that a page asks for by its number, the first where it has none; of
    a recording its picture.

    Empty for what has no file, or is a score that cannot be read.
    """
    if asset is None:
        return {}
    if is_recording(asset):
        return {"recording": recording_of(asset)}
    try:
        roll = _roll(asset_path(asset).read_bytes())
    except (UnreadableNotes, OSError, ValueError):
        return {}
    number = int(part) if part.isdecimal() and len(part) < 6 else 1
    chosen = min(max(number, 1), roll.n_segments)
    (picture,) = draw((roll, chosen - 1))
    return {
        "picture": picture,
        "part": chosen,
        "parts": range(1, roll.n_segments + 1),
        "context_seconds": CONTEXT_MS // 1000,
    }


def _roll(content: bytes) -> Roll:
    """The whole piece, cut every twenty seconds. Raises ValueError where it has no notes."""
    notes = read_notes(content)
    onset_ms = np.rint(notes.onset_seconds * 1000).astype(np.int64)
    duration_ms = np.maximum(np.rint(notes.end_seconds * 1000).astype(np.int64) - onset_ms, 1)
    last_ms = int(onset_ms[-1]) if len(onset_ms) else 0
    edges = np.searchsorted(onset_ms, np.arange(STRETCH_MS, last_ms + 1, STRETCH_MS))
    return Roll(
        onset_ms=tuple(onset_ms.tolist()),
        duration_ms=tuple(duration_ms.tolist()),
        pitch=tuple(notes.pitch.tolist()),
        velocity=tuple(notes.velocity.tolist()),
        first_note=(0, *edges.tolist()),
    )
