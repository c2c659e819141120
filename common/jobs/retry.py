"""Trying a job again that has failed for good: for the operator, who has mended the cause."""

from django.db import transaction

from common.jobs.dispatch import wake
from common.jobs.models import Job


def retry(job: Job) -> bool:
    """Queue a failed job anew, as the tenant who asked for it; returns whether it had failed."""
    with transaction.atomic():
        queued = Job.objects.filter(pk=job.pk, status=Job.Status.FAILED).update(
            status=Job.Status.QUEUED, attempt=0, error="", finished_at=None
        )
        if queued:
            transaction.on_commit(lambda: wake(job))
    return bool(queued)
