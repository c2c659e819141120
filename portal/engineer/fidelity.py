"""What retraining found of features, drawn: the rank correlation beside its ceiling, calibration.

The reports are those that `attribution.services.measured` kept; nothing is measured here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from attribution.models import FeatureStore
from portal.engineer.drawing import Chart, pairs_of
from portal.templatetags.measures import as_percent

PROMISED, HELD = "promised", "held"


@dataclass(frozen=True)
class Measured:
    """A report as the page shows it, the newest first."""

    method: str
    by: str
    at: datetime
    sha256: str
    subsets: int
    seeds: int
    queries: int
    lds: str
    interval: str
    ceiling: str  # empty with a single seed, which cannot tell noise from truth
    fidelity_chart: Chart
    fidelity_rows: tuple[tuple[str, str], ...]
    calibration_chart: Chart | None
    calibration_rows: tuple[tuple[str, str, str], ...]


def measured_of(store: FeatureStore) -> list[Measured]:
    """All reports that were recorded of features, the newest first."""
    return [_shown(report) for report in reversed(store.measured or [])]


def _shown(report: dict[str, Any]) -> Measured:
    lds, ceiling, points = report["lds"], report["ceiling"], report["calibration"]
    rows = [(_("LDS"), lds["value"]), (_("its interval from"), lds["low"]), (_("to"), lds["high"])]
    bars = [(_("LDS"), [("trained", lds["value"])])]
    if ceiling is not None:
        rows.append((_("the ceiling: a perfect method"), ceiling))
        bars.append((_("ceiling"), [("controls", ceiling)]))
    return Measured(
        method=report["method"],
        by=report["by"],
        at=datetime.fromisoformat(report["at"]),
        sha256=report["sha256"],
        subsets=report["subsets"],
        seeds=report["seeds"],
        queries=report["queries"],
        lds=_written(lds["value"]),
        interval=f"{_written(lds['low'])} – {_written(lds['high'])}",
        ceiling="" if ceiling is None else _written(ceiling),
        fidelity_chart=pairs_of(bars),
        fidelity_rows=tuple((name, _written(value)) for name, value in rows),
        calibration_chart=_calibration(points) if points else None,
        calibration_rows=tuple(
            (as_percent(each[PROMISED]), as_percent(each[HELD]), number_format(each["shares"]))
            for each in points
        ),
    )


def _calibration(points: list[dict[str, Any]]) -> Chart:
    """What intervals promised to hold beside what they held, both as parts of one."""
    return pairs_of(
        [
            (as_percent(each[PROMISED]), [("controls", each[PROMISED]), ("trained", each[HELD])])
            for each in points
        ]
    )


def _written(value: float) -> str:
    return number_format(value, decimal_pos=3)
