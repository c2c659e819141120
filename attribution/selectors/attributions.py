"""How far the attribution of pieces is, and what it says: for the API and for pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import F

from attribution.models import (
    Attribution,
    AttributionRun,
    FeatureFinding,
    Generation,
    GenerationFeatures,
)
from catalog.models import Track
from common.jobs.models import Job

KIND = "attribution.attribute"  # of the jobs that do runs; their key is the run's id


class Status(StrEnum):
    """How far the attribution of a piece is."""

    WAITING_FOR_FEATURES = "waiting_for_features"
    QUEUED = "queued"
    RUNNING = "running"
    ATTRIBUTED = "attributed"
    FAILED = "failed"


@dataclass(frozen=True)
class Standing:
    """How far one piece is. `attribution` is the one that counts; `job` does or did the run."""

    status: Status
    attribution: Attribution | None = None
    job: Job | None = None
    reason: str = ""  # why it failed, if the piece itself is why
    objections: tuple[str, ...] = ()  # why it failed, if what was measured must not be paid by


def standings(generations: Sequence[Generation]) -> dict[UUID, Standing]:
    """How far each of these pieces is, in four queries at most."""
    counting = _latest(generations, vetoed=False)
    others = [piece for piece in generations if piece.pk not in counting]
    vetoed = _latest(others, vetoed=True) if others else {}
    refuted = _refuted(others)
    runs = {row.run_id for row in counting.values()}
    runs |= {piece.arrival_run_id for piece in generations if piece.arrival_run_id is not None}
    jobs = {job.key: job for job in Job.objects.filter(kind=KIND, key__in=map(str, runs))}
    return {
        piece.pk: refuted.get(piece.pk)
        or _standing(piece, counting.get(piece.pk), vetoed.get(piece.pk), jobs)
        for piece in generations
    }


def paid_tracks(attribution: Attribution) -> list[Track]:
    """The tracks of an attribution, in the order of its arrays."""
    found = Track.objects.select_related("work").in_bulk(attribution.track_ids)
    return [found[pk] for pk in attribution.track_ids]


def _latest(generations: Iterable[Generation], *, vetoed: bool) -> dict[UUID, Attribution]:
    """The last finished attribution of each piece, of runs with objections or of those without.

    Of several that are not vetoed the last one counts, as it does for the books
    (`royalty.selectors.facts`). One by features of the platform that were refuted does not.
    """
    finished = Attribution.objects.filter(
        generation__in=[piece.pk for piece in generations], run__finished_at__isnull=False
    ).exclude(
        generation__features__standing=GenerationFeatures.Standing.REFUTED,
        generation__features__feature_store=F("run__feature_store"),
    )
    chosen = finished.exclude(run__objections=[]) if vetoed else finished.filter(run__objections=[])
    latest = chosen.order_by("generation_id", "-run__finished_at", "-run_id").distinct(
        "generation_id"
    )
    with_run = latest.select_related("run__feature_store__training_set")
    return {row.generation_id: row for row in with_run}


def _refuted(generations: Iterable[Generation]) -> dict[UUID, Standing]:
    """Pieces of which nothing counts because their platform's features were refuted."""
    found = FeatureFinding.objects.filter(
        features__generation__in=[piece.pk for piece in generations],
        standing=GenerationFeatures.Standing.REFUTED,
    ).select_related("features")
    return {
        each.features.generation_id: Standing(
            Status.FAILED, objections=(f"The features that were sent are refuted: {each.sentence}",)
        )
        for each in found
    }


def _standing(
    piece: Generation,
    attribution: Attribution | None,
    vetoed: Attribution | None,
    jobs: dict[str, Job],
) -> Standing:
    if attribution is not None:
        return Standing(Status.ATTRIBUTED, attribution, jobs.get(str(attribution.run_id)))
    run: AttributionRun | None = piece.arrival_run
    job = None if run is None else jobs.get(str(run.pk))
    if vetoed is not None:
        return Standing(Status.FAILED, None, job, objections=tuple(vetoed.run.objections))
    if run is None:
        return Standing(Status.WAITING_FOR_FEATURES)
    reason = (run.config.get("refused") or {}).get(str(piece.pk), "")
    if reason or job is None or job.status == Job.Status.FAILED:
        return Standing(Status.FAILED, None, job, reason)
    is_running = job.status == Job.Status.RUNNING
    return Standing(Status.RUNNING if is_running else Status.QUEUED, None, job)
