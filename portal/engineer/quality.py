"""What a run measured of itself, drawn; what it did not measure says so, and what would measure it.

Figures are those of `attribution.engine.shares.quality`, limits are its limits, counts are the
run's report (`attribution.services.run_reports`). Nothing is measured here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from attribution.models import AttributionRun
from catalog.models import Track
from portal.engineer.drawing import Chart, bars_of, histogram
from portal.engineer.fidelity import measured_of
from portal.engineer.guard import EngineerRequest, for_engineers, own_runs
from portal.engineer.pace import Cost, Pace, cost_of, cost_of_seconds
from portal.engineer.runs import jobs_by_run
from portal.templatetags.measures import as_percent

TRAINED, CONTROLS = "trained", "controls"
REPORTS_COMMAND = "manage.py report_runs"
FIDELITY_COMMAND = "python -m benchmarks.fidelity"
INTERVALS_COMMAND = "python -m benchmarks.uncertainty"


@dataclass(frozen=True)
class Figure:
    """A figure of a run with what it means; a value of None was not measured."""

    name: str
    value: float | None
    meaning: str
    is_part: bool = True  # of one, so that it is written in per cent


@dataclass(frozen=True)
class Plot:
    """A drawing with the same as a table; without a chart the reason and the command."""

    key: str
    title: str
    lead: str
    chart: Chart | None
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    command: str = ""


@require_safe
@for_engineers
def run(request: EngineerRequest, pk: UUID) -> HttpResponse:
    """One run: what it was made from, whether it may be paid by, and what it measured."""
    found = get_object_or_404(own_runs(request), pk=pk)
    job = jobs_by_run([found]).get(str(found.pk))
    pace = None if job is None else Pace(job, timezone.now())
    context = {
        "run": found,
        "store": found.feature_store,
        "pace": pace,
        "cost": _cost(found, pace),
        "pieces": len(found.config.get("generations", ())),
        "refused": found.config.get("refused") or {},
        "figures": figures_of(found.quality),
        "plots": plots_of(found),
        "measured": measured_of(found.feature_store),
        "others": others_to(found, request),
        "fidelity_command": FIDELITY_COMMAND,
        "intervals_command": INTERVALS_COMMAND,
    }
    return render(request, "portal/engineer/run.html", context)


def _cost(found: AttributionRun, pace: Pace | None) -> Cost:
    """What the run took, also where its job is somebody else's; while it goes on, of its job."""
    if found.worker_seconds is not None:
        return cost_of_seconds(found.worker_seconds)
    return cost_of([pace] if pace else [])


def others_to(found: AttributionRun, request: EngineerRequest) -> list[AttributionRun]:
    """Finished runs that it could be compared with, newest first."""
    finished = own_runs(request).filter(finished_at__isnull=False).exclude(pk=found.pk)
    return list(finished.order_by("-finished_at")[:25])


def figures_of(quality: Mapping[str, Any]) -> list[Figure]:
    """The figures that tell most, in the order in which one would ask for them."""
    said = (
        (
            "attributed",
            _("Attributed"),
            _("of what pieces earn, to some track; planted ones apart"),
            True,
        ),
        (
            "false_payment",
            _("Paid by chance"),
            _("test tracks, never trained on, would take"),
            True,
        ),
        (
            "trained_to_control_spread",
            _("Spread of trained over control scores"),
            _("far below 1 the gate is stricter than it says"),
            False,
        ),
        ("gate_z", _("Gate"), _("spreads above chance from which a track earns"), False),
        ("member_agreement", _("Agreement of members"), _("mean rank correlation"), False),
        (
            "weakest_member_agreement",
            _("Agreement of the weakest member"),
            _("below 0.05 its checkpoint or its rows are broken"),
            False,
        ),
        ("effective_rank", _("Effective rank"), _("of the matrix of scores"), False),
        ("column_concentration", _("Concentration"), _("of pieces that share a best track"), True),
        (
            "likeness_z",
            _("Likeness of best tracks"),
            _("standard errors above random ones; below 3 is noise"),
            False,
        ),
        ("run_spread", _("Spread over training runs"), _("what another run would change"), False),
    )
    return [Figure(name, quality.get(key), meaning, part) for key, name, meaning, part in said]


def plots_of(found: AttributionRun) -> list[Plot]:
    """The drawings of a run: scores against chance, singular values, and tracks over pieces."""
    return [_scores(found), _singular_values(found.quality), _hubs(found)]


def _scores(found: AttributionRun) -> Plot:
    report, gate = found.report, found.quality.get("gate_z")
    chart: Chart | None = None
    rows: tuple[tuple[str, ...], ...] = ()
    if report:
        first, step = report["first_z"], report["step_z"]
        series = [(name, report[name]) for name in (TRAINED, CONTROLS)]
        chart = histogram(series, first, step, gate)
        rows = tuple(
            (f"{first + number * step:g}", f"{trained:,}", f"{controls:,}")
            for number, (trained, controls) in enumerate(
                zip(report[TRAINED], report[CONTROLS], strict=True)
            )
            if trained or controls
        )
    return Plot(
        "scores",
        _("Scores of trained tracks against chance"),
        _(
            "Standard scores of all tracks for all pieces, on a scale of decades. Control tracks "
            "were never trained on: they show what chance gives. Only what lies beyond the line "
            "earns."
        ),
        chart,
        (_("Score from"), _("Trained tracks"), _("Control tracks")),
        rows,
        REPORTS_COMMAND,
    )


def _singular_values(quality: Mapping[str, Any]) -> Plot:
    energies = quality.get("singular_energies") or ()
    parts = [(str(place), part, as_percent(part)) for place, part in enumerate(energies, 1)]
    return Plot(
        "singular-values",
        _("Largest singular values"),
        _(
            "Parts of the energy of the matrix of scores. One large value means that all pieces "
            "rank the tracks alike; above 60 % nobody is paid."
        ),
        bars_of(parts) if parts else None,
        (_("Place"), _("Part of the energy")),
        tuple((label, text) for label, _value, text in parts),
        REPORTS_COMMAND,
    )


def _hubs(found: AttributionRun) -> Plot:
    report = found.report
    hubs = report.get("hubs", [])
    tracks = Track.objects.in_bulk([hub["track"] for hub in hubs])
    parts = [
        (
            tracks[hub["track"]].title if hub["track"] in tracks else _("a track"),
            hub["pieces"] / report["pieces"],
            f"{hub['pieces']:,}",
        )
        for hub in hubs
    ]
    return Plot(
        "hubs",
        _("Top tracks over pieces"),
        _(
            "The tracks that are among the best five of the most pieces. A track near all of them "
            "is a sign that scores follow the track and not the piece."
        ),
        bars_of(parts) if parts else None,
        (_("Track"), _("Pieces")),
        tuple((label, text) for label, _value, text in parts),
        REPORTS_COMMAND,
    )
