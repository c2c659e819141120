"""The seconds of two recordings that belong together, as they are drawn and told."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils import timezone

from attribution.selectors.evidence import Evidence
from attribution.selectors.where import Numbers, Stretch, Where, WhereMissing, read_where
from attribution.services.where import request_where
from common.jobs.models import Job
from portal.evidence.drawing import clock

DARKEST = 0.55  # of the strongest part, so that the outline shows through
MOST_ROWS = 12


@dataclass(frozen=True)
class Shade:
    """A part of a recording: where it is drawn, in per cent of the width, and how dark."""

    x: str
    width: str
    opacity: str


@dataclass(frozen=True)
class Row:
    """A line of the table that says what the shades show."""

    at_text: str
    together: int  # per cent of the strongest part
    influence_ppb: int  # of what the track did to the piece; may be below 0


@dataclass(frozen=True)
class Tied:
    """One side: its strongest stretch, and all its parts."""

    begins_text: str
    ends_text: str
    shades: tuple[Shade, ...]
    rows: tuple[Row, ...]


def tied(where: Where) -> tuple[Tied, Tied]:
    """The piece and the track."""
    of_piece, of_track = where.strongest()
    return (
        _side(where.together.max(1), where.piece_influence, where.piece_seconds, of_piece),
        _side(where.together.max(0), where.track_influence, where.track_seconds, of_track),
    )


def together(found: Evidence) -> dict[str, Any]:
    """What the page of two recordings says of their seconds; a worker is asked for what is not
    prepared yet. Nothing where it cannot be known.
    """
    if not found.can_be_located:
        return {}
    try:
        where = read_where(found.run, found.generation, found.track)
    except WhereMissing:
        job = request_where(found.run, found.generation, found.track, as_of=timezone.now())
        failed = job if job.status == Job.Status.FAILED else None
        return {"locating": job, "locating_failed": failed}
    of_piece, of_track = tied(where)
    return {"piece_tied": of_piece, "track_tied": of_track}


def _side(together: Numbers, influence: Numbers, seconds: Numbers, stretch: Stretch) -> Tied:
    strongest = max(float(together.max()), 1e-9)
    strength = (together.clip(0) / strongest).astype(np.float32)
    return Tied(
        begins_text=_clock(stretch[0]),
        ends_text=_clock(stretch[1]),
        shades=tuple(_shades(strength, seconds)),
        rows=tuple(_rows(strength, influence, seconds)),
    )


def _shades(strength: Numbers, seconds: Numbers) -> list[Shade]:
    lasts = float(seconds[-1, 1])
    return [
        Shade(
            f"{100 * begin / lasts:.2f}%",
            f"{100 * (end - begin) / lasts:.2f}%",
            f"{DARKEST * value**2:.2f}",
        )
        for (begin, end), value in zip(seconds.tolist(), strength.tolist(), strict=True)
        if value > 0
    ]


def _rows(strength: Numbers, influence: Numbers, seconds: Numbers) -> list[Row]:
    """At most MOST_ROWS lines of equally many parts."""
    n_parts = len(strength)
    edges = sorted({n_parts * row // MOST_ROWS for row in range(MOST_ROWS)})
    whole = float(influence.sum())
    return [
        Row(
            _clock(float(seconds[begin, 0])),
            round(100 * float(strength[begin:end].max())),
            round(1e9 * float(influence[begin:end].sum()) / whole) if whole else 0,
        )
        for begin, end in zip(edges, [*edges[1:], n_parts], strict=True)
    ]


def _clock(seconds: float) -> str:
    return clock(round(1000 * seconds))
