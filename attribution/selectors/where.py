"""Which seconds of a piece and of a track belong together: what a worker found, to be read."""

import json
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from django.core.files.storage import default_storage
from numpy.typing import NDArray

from attribution.models import AttributionRun, Generation
from catalog.models import Track
from common.hashing import canonical_json

Numbers: TypeAlias = NDArray[np.float32]
Stretch: TypeAlias = tuple[float, float]
DIGITS = 3
MOST_PARTS = 4000
_NAMES = ("piece_seconds", "track_seconds", "piece_influence", "track_influence", "together")


class WhereMissing(LookupError):
    """It was not prepared, or what was is damaged."""


@dataclass(frozen=True)
class Where:
    """What each part of a track did to each part of a piece, and where the two belong together."""

    piece_seconds: Numbers  # (p, 2): when each part begins and ends
    track_seconds: Numbers  # (t, 2)
    piece_influence: Numbers  # (p,) of the whole track on each part of the piece
    track_influence: Numbers  # (t,) of each part of the track on the whole piece
    together: Numbers  # (p, t) how much each pair of parts belongs together, from −1 to 1

    def __post_init__(self) -> None:
        p, t = self.together.shape
        shapes = [each.shape for each in self._parts()]
        if shapes != [(p, 2), (t, 2), (p,), (t,), (p, t)]:
            raise ValueError("What is known of the parts does not fit their number.")
        if not 1 <= p <= MOST_PARTS or not 1 <= t <= MOST_PARTS:
            raise ValueError(f"There are 1 to {MOST_PARTS} parts a side.")
        if not all(np.isfinite(each).all() for each in self._parts()):
            raise ValueError("Not all numbers are finite.")

    def strongest(self) -> tuple[Stretch, Stretch]:
        """The stretch of the piece, and that of the track, that belong together most."""
        return (
            _stretch(self.together.max(1), self.piece_seconds),
            _stretch(self.together.max(0), self.track_seconds),
        )

    def _parts(self) -> list[Numbers]:
        return [getattr(self, name) for name in _NAMES]


def _stretch(curve: Numbers, seconds: Numbers) -> Stretch:
    """The stretch, (begin, end) in seconds, that stands out: the one with the largest sum of what
    exceeds the level halfway between the curve's median and its maximum.
    """
    excess = curve - (np.median(curve) + curve.max()) / 2
    best = here = 0.0
    first = begin = stop = int(curve.argmax())
    for place, value in enumerate(excess.tolist()):
        if here <= 0:
            here, first = 0.0, place
        here += value
        if here > best:
            best, begin, stop = here, first, place
    return float(seconds[begin, 0]), float(seconds[stop, 1])


def read_where(run: AttributionRun, piece: Generation, track: Track) -> Where:
    """What was prepared. Raises WhereMissing."""
    name = where_name(run, piece, track)
    try:
        with default_storage.open(name) as stored:
            said = json.loads(stored.read())
        return Where(*(np.array(said[part], dtype=np.float32) for part in _NAMES))
    except FileNotFoundError:
        raise WhereMissing(f"{name} was not prepared yet.") from None
    except (KeyError, TypeError, ValueError) as error:
        raise WhereMissing(f"{name} is damaged ({error}).") from error


def where_bytes(where: Where) -> bytes:
    """What `read_where` reads."""
    parts = ((name, getattr(where, name).astype(np.float64)) for name in _NAMES)
    return canonical_json({name: np.round(part, DIGITS).tolist() for name, part in parts})


def where_name(run: AttributionRun, piece: Generation, track: Track) -> str:
    return f"where/{run.pk}/{piece.pk}-{track.pk}.json"
