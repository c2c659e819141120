"""Model versions: checkpoints, features and training sets, as they are registered and frozen."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from attribution.models import FeatureStore
from attribution.selectors.features import (
    CaptureProgress,
    StoreStatus,
    capture_progress,
    jobs_of,
    status_of,
)
from attribution.services.effort import covered_ppm
from catalog.models import ModelVersion, TrainingSet
from catalog.selectors import roles_of
from catalog.services.training_sets import ITEM_FORMATS, SUMMARY_FORMATS, items_of, summary_of
from common.jobs.models import Job
from portal.engineer.guard import EngineerRequest, for_engineers, own_runs, own_versions
from portal.engineer.pace import Cost, Pace, cost_of, cost_of_seconds

ROWS_A_PAGE = 50
LATEST_RUNS = 10
TYPES = {
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_safe
@for_engineers
def models(request: EngineerRequest) -> HttpResponse:
    """All model versions, newest first, with what is there of each."""
    found = (
        own_versions(request)
        .select_related("training_set")
        .annotate(
            checkpoint_count=Count("checkpoints", distinct=True),
            sealed_count=Count(
                "feature_stores", filter=Q(feature_stores__sealed_at__isnull=False), distinct=True
            ),
            store_count=Count("feature_stores", distinct=True),
            last_run_at=Max("feature_stores__runs__finished_at"),
        )
        .order_by("-pk")
    )
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/engineer/models.html", {"page": page})


@dataclass(frozen=True)
class ShownStore:
    """A feature store with how far it is, what it covers and what it took."""

    store: FeatureStore
    status: StoreStatus
    progress: CaptureProgress
    covered_ppm: int | None  # of the parameters, the least of its members; none before one is ready
    cost: Cost
    failed: list[Job]

    @property
    def part_permille(self) -> int:
        return 1000 * self.progress.done // self.progress.total if self.progress.total else 0


@require_safe
@for_engineers
def model(request: EngineerRequest, pk: int) -> HttpResponse:
    """One version: which bytes it is, what it was trained on, its features and its last runs."""
    version = _own(request, pk)
    stores = version.feature_stores.select_related("training_set").order_by("-pk")
    runs = own_runs(request).filter(feature_store__model_version=version)
    context = {
        "version": version,
        "checkpoints": version.checkpoints.order_by("member", "step"),
        "training_set": _set_of(version),
        "stores": [_shown(store) for store in stores],
        "runs": runs.order_by("-created_at")[:LATEST_RUNS],
    }
    return render(request, "portal/engineer/model.html", context)


def _shown(store: FeatureStore) -> ShownStore:
    jobs = list(jobs_of(store))
    paces = [Pace(job, timezone.now()) for job in jobs]
    took = store.worker_seconds
    return ShownStore(
        store=store,
        status=status_of(store),
        progress=capture_progress(store),
        covered_ppm=covered_ppm(jobs) if store.covered_ppm is None else store.covered_ppm,
        cost=cost_of(paces) if took is None else cost_of_seconds(took),
        failed=[job for job in jobs if job.status == Job.Status.FAILED],
    )


@require_safe
@for_engineers
def training_set(request: EngineerRequest, pk: int) -> HttpResponse:
    """What a version was trained on, by role, and what was left out and why."""
    version = _own(request, pk)
    frozen = _required_set(version)
    members = frozen.members.select_related("track__work").order_by("position")
    page = Paginator(members, ROWS_A_PAGE).get_page(request.GET.get("page"))
    exclusions = frozen.exclusions.select_related("track").order_by("position")
    reasons = frozen.exclusions.values_list("reason").annotate(n=Count("track", distinct=True))
    context: dict[str, Any] = {
        "version": version,
        "training_set": frozen,
        "roles": roles_of(frozen),
        "page": page,
        "exclusions": exclusions[:ROWS_A_PAGE],
        "reasons": sorted(reasons),
        "list_formats": list(ITEM_FORMATS),
        "summary_formats": list(SUMMARY_FORMATS),
    }
    return render(request, "portal/engineer/training_set.html", context)


@require_safe
@for_engineers
def training_set_file(request: EngineerRequest, pk: int, kind: str) -> HttpResponse:
    """All tracks of a set with their hashes, licences and consents, as one file."""
    version = _own(request, pk)
    frozen = _required_set(version)
    if kind in ITEM_FORMATS:
        content = ITEM_FORMATS[kind](items_of(frozen), frozen.digest)
        name = f"tracks-{frozen.digest[:12]}.{kind}"
    elif kind.removeprefix("summary-") in SUMMARY_FORMATS and kind.startswith("summary-"):
        form = kind.removeprefix("summary-")
        content = SUMMARY_FORMATS[form](summary_of(frozen, items_of(frozen)))
        name = f"summary-{frozen.digest[:12]}.{form}"
    else:
        raise Http404
    return HttpResponse(
        content,
        content_type=TYPES.get(kind, "application/octet-stream"),
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _own(request: EngineerRequest, pk: int) -> ModelVersion:
    return get_object_or_404(own_versions(request), pk=pk)


def _set_of(version: ModelVersion) -> TrainingSet | None:
    return TrainingSet.objects.filter(model_version=version).first()


def _required_set(version: ModelVersion) -> TrainingSet:
    found = _set_of(version)
    if found is None:
        raise Http404
    return found
