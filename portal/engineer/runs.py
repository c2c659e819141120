"""Runs of attribution, and the jobs behind them and behind features: how far and how fast."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
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

RUNS_A_PAGE = 25
MOST_SHOWN = 2_000
MOST_JOBS = 50
KINDS = (KIND, KIND_PREPARE, KIND_CAPTURE, KIND_RECEIVE)
UNFINISHED = (Job.Status.QUEUED, Job.Status.RUNNING)


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
    found = own_runs(request)
    model = request.GET.get("model", "")
    if model.isdecimal() and len(model) < len("1000000000000000000"):
        found = found.filter(feature_store__model_version=int(model))
    latest = found.order_by("-created_at")[:MOST_SHOWN]
    page = Paginator(latest, RUNS_A_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    jobs = jobs_by_run(shown)
    context |= {
        "page": page,
        "rows": [(run, jobs.get(str(run.pk))) for run in shown],
        "models": own_versions(request).order_by("-pk")[:RUNS_A_PAGE],
        "model": model,
    }
    return render(request, "portal/engineer/runs.html", context)


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
