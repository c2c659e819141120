"""How far the features of a training set are."""

from dataclasses import dataclass

from django.db.models import QuerySet

from attribution.models import FeatureStore
from common.jobs.models import Job

KIND_PREPARE = "attribution.prepare_capture"
KIND_CAPTURE = "attribution.capture"


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
