"""The two Celery tasks there are: do one job, and wake those that sleep."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from common.jobs import dispatch, runner


@shared_task(name="jobs.run")
def run(job_id: str) -> None:
    runner.run(UUID(job_id))


@shared_task(name="jobs.sweep")
def sweep() -> None:
    dispatch.sweep(timezone.now())
