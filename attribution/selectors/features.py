"""How far the features of a training set are."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet

from attribution.models import FeatureStore
from common.jobs.models import Job

KIND_PREPARE = "attribution.prepare_capture"
KIND_CAPTURE = "attribution.capture"
KIND_RECEIVE = "attribution.receive_store"


class StoreStatus(StrEnum):
    """How far a feature store is."""

    COMPUTING = "computing"
    VERIFYING = "verifying"
    SEALED = "sealed"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True)
class CaptureProgress:
    """Segments over all members whose rows are stored, of those that jobs were asked for."""

    done: int
    total: int  # 0 while checkpoints are being prepared
    failed_jobs: int


def jobs_of(store: FeatureStore) -> QuerySet[Job]:
    """The jobs that prepare and fill a store, in the order in which they were asked for."""
    mine = Job.objects.filter(key__startswith=f"{store.pk}:")
    jobs = mine.filter(kind__in=(KIND_PREPARE, KIND_CAPTURE))
    return jobs.order_by("created_at", "key")


def job_of(store: FeatureStore) -> Job | None:
    """The job that works on a store, or did last."""
    if store.origin == FeatureStore.Origin.PLATFORM:
        return Job.objects.filter(kind=KIND_RECEIVE, key=str(store.pk)).first()
    jobs = jobs_of(store).order_by("-created_at", "-key")
    return jobs.exclude(status=Job.Status.SUCCEEDED).first() or jobs.first()


def status_of(store: FeatureStore) -> StoreStatus:
    """How far a store is; a platform's is refused or sealed by one job."""
    if store.refusal:
        return StoreStatus.REFUSED
    if store.sealed_at is not None:
        return StoreStatus.SEALED
    job = job_of(store)
    if job is not None and job.status == Job.Status.FAILED:
        return StoreStatus.FAILED
    is_theirs = store.origin == FeatureStore.Origin.PLATFORM
    return StoreStatus.VERIFYING if is_theirs else StoreStatus.COMPUTING


def capture_progress(store: FeatureStore) -> CaptureProgress:
    """How much of a store is captured, as its jobs told last."""
    jobs = list(jobs_of(store))
    filling = [job for job in jobs if job.kind == KIND_CAPTURE]
    return CaptureProgress(
        done=sum(
            job.payload["segments"] if job.status == Job.Status.SUCCEEDED else job.progress_done
            for job in filling
        ),
        total=sum(job.payload["segments"] for job in filling),
        failed_jobs=sum(job.status == Job.Status.FAILED for job in jobs),
    )
