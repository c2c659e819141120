"""Runs of attribution, and the jobs behind them and behind features: how far and how fast."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from attribution.models import AttributionRun
from attribution.selectors.attributions import KIND
from attribution.selectors.features import KIND_CAPTURE, KIND_PREPARE, KIND_RECEIVE
from common.jobs.models import Job
from common.jobs.retry import retry
from portal.engineer.guard import (
    EngineerRequest,
    for_engineers,
    own_runs,
    own_versions,
)
from portal.engineer.pace import Pace, cost_of
from portal.tables import Column, Filter, Table

RUNS_A_PAGE = 25
MOST_JOBS = 50
KINDS = (KIND, KIND_PREPARE, KIND_CAPTURE, KIND_RECEIVE)
UNFINISHED = (Job.Status.QUEUED, Job.Status.RUNNING)


RUNS = Table(
    name="runs",
    caption=gettext_lazy("Runs"),
    columns=(
        Column("id", value=lambda row: str(row[0].pk)),
        Column(
            "begun",
            gettext_lazy("Begun"),
            sort="created_at",
            value=lambda row: row[0].created_at,
        ),
        Column(
            "model",
            gettext_lazy("Model"),
            sort=("feature_store__model_version__name", "feature_store__model_version__version"),
            value=lambda row: row[0].feature_store.model_version.ref,
        ),
        Column("method", value=lambda row: row[0].method),
        Column("state", gettext_lazy("State"), sort="finished_at"),
        Column("finished_at", value=lambda row: row[0].finished_at),
        Column(
            "pieces",
            gettext_lazy("Pieces"),
            "number",
            value=lambda row: len(row[0].config.get("generations", ())),
        ),
        Column(
            "attributed",
            gettext_lazy("Attributed"),
            "number",
            value=lambda row: row[0].quality.get("attributed"),
        ),
        Column(
            "false_payment",
            gettext_lazy("Paid by chance"),
            "number",
            value=lambda row: row[0].quality.get("false_payment"),
        ),
    ),
    start="-begun",
    rows_a_page=RUNS_A_PAGE,
)


@require_safe
@for_engineers
def runs(request: EngineerRequest) -> HttpResponse:
    """What is under way or failed, and all runs, newest first.

    Where scripts run, the first part is asked for again every few seconds while anything moves.
    """
    paces = [Pace(job, timezone.now()) for job in jobs_of_engineers(request)[:MOST_JOBS]]
    context: dict[str, Any] = {
        "paces": paces,
        "cost": cost_of(paces),
        "is_moving": any(pace.job.status in UNFINISHED for pace in paces),
    }
    if request.htmx and not request.htmx.boosted:
        return render(request, "portal/engineer/jobs.html", context)
    table = RUNS.shown(request, own_runs(request), filters=_filters(request), details=_with_jobs)
    if table.wants_file:
        return table.file()
    context |= {"table": table, "rows": table.rows}
    return render(request, "portal/engineer/runs.html", context)


def _filters(request: EngineerRequest) -> list[Filter]:
    """By model, where there are several to choose from."""
    versions = own_versions(request).order_by("-pk")[:RUNS_A_PAGE]
    choices = [(str(version.pk), version.ref) for version in versions]
    by_model = Filter("model", _("Model"), _of_model, choices)
    return [by_model] if len(choices) > 1 or request.GET.get("model") else []


def _of_model(found: QuerySet[AttributionRun], model: str) -> QuerySet[AttributionRun]:
    return found.filter(feature_store__model_version=int(model))


def _with_jobs(found: list[AttributionRun]) -> list[tuple[AttributionRun, Job | None]]:
    jobs = jobs_by_run(found)
    return [(run, jobs.get(str(run.pk))) for run in found]


def jobs_of_engineers(request: EngineerRequest) -> QuerySet[Job]:
    """Jobs of attribution and features that are not done, those at work first, then the failed.

    A job is its asker's; the operator sees those of everybody.
    """
    order = Case(
        When(status=Job.Status.RUNNING, then=Value(0)),
        When(status=Job.Status.QUEUED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    undone = Job.objects.filter(_own_jobs(request), kind__in=KINDS).exclude(
        status=Job.Status.SUCCEEDED
    )
    return undone.order_by(order, "-created_at")


def _own_jobs(request: EngineerRequest) -> Q:
    if request.organisation.kind == request.organisation.Kind.OPERATOR:
        return Q()
    return Q(tenant=request.organisation.tenant)


def jobs_by_run(found: Iterable[AttributionRun]) -> dict[str, Job]:
    """The jobs that do or did these runs, by the run's id."""
    keys = [str(run.pk) for run in found]
    return {job.key: job for job in Job.objects.filter(kind=KIND, key__in=keys)}


@require_POST
@for_engineers
def retry_job(request: EngineerRequest, pk: UUID) -> HttpResponse:
    """Queues a job that failed anew, as whoever asked for it; what it had finished stays done."""
    job = get_object_or_404(Job, _own_jobs(request), pk=pk, kind__in=KINDS)
    if retry(job):
        messages.success(request, _("It is queued again. What it had finished stays done."))
    else:
        messages.error(request, _("It has not failed, so there is nothing to do again."))
    return redirect("engineer:runs")
