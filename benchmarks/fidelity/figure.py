"""The table as a picture: what each method costs, and how faithful it is."""

import math
from collections.abc import Sequence
from pathlib import Path

from attribution.reference.files import write_atomically
from benchmarks.fidelity.scoring import KINDS, Reported
from benchmarks.figures import Axis, Panel, Series, figure

_LEAST_SECONDS = 10.0  # methods that cost nothing still need a place on a logarithmic axis


def draw(path: Path, rows: Sequence[Reported], groups: Sequence[tuple[str, set[str]]]) -> None:
    """Write an SVG with a panel for each kind of query; `groups` are (name, names of methods)."""
    panels = [
        Panel(
            f"{kind.capitalize()} pieces, {rows[0].members} checkpoint{'s'[: rows[0].members > 1]}",
            Axis("CPU seconds for all rows and queries", log=True),
            _axis([row.by_kind[kind].value for row in rows]),
            [
                _series(name, [row for row in rows if row.method in members], kind)
                for name, members in groups
                if any(row.method in members for row in rows)
            ],
        )
        for kind in KINDS
    ]
    told = "Linear datamodeling score of attribution methods against the CPU time they take"
    write_atomically(path, figure(panels, told).encode())


def _axis(values: Sequence[float]) -> Axis:
    """From nothing to the next tenth."""
    return Axis("LDS", low=min(0.0, *values), high=math.ceil(10 * max(values)) / 10)


def _series(name: str, rows: Sequence[Reported], kind: str) -> Series:
    points = [(max(_LEAST_SECONDS, row.cpu_seconds), row.by_kind[kind].value) for row in rows]
    return Series(name, points, joined=False)
