"""Asking for work: write the row, and wake a worker once it is committed."""

import logging
from datetime import datetime
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from common.database import tenancy
from common.jobs.models import DEAD_AFTER, Job

log = logging.getLogger(__name__)


def enqueue(
    kind: str,
    payload: dict[str, Any],
    *,
    queue: str = "default",
    key: str = "",
    max_attempts: int = 3,
) -> Job:
    """Write a job that happens if and only if the surrounding transaction commits.

    It is done as the tenant who asks now: with what that tenant may see. With a `key`, a tenant
    who asks again gets the job that is there; one that had failed is queued anew.

    Raises:
        ValueError: no worker listens to the queue, or nobody asks.
    """
    if queue not in settings.JOB_QUEUES:
        raise ValueError(f"No worker listens to {queue!r}; queues are {settings.JOB_QUEUES}.")
    tenant = _asking(kind)
    values = {"payload": payload, "queue": queue, "max_attempts": max_attempts}
    with transaction.atomic():
        if not key:
            job = Job.objects.create(kind=kind, tenant=tenant, **values)
        else:
            job, _ = Job.objects.get_or_create(kind=kind, tenant=tenant, key=key, defaults=values)
            Job.objects.filter(pk=job.pk, status=Job.Status.FAILED).update(
                status=Job.Status.QUEUED, attempt=0, error="", finished_at=None, **values
            )
            job.refresh_from_db()
        if not job.is_finished:
            transaction.on_commit(lambda: wake(job))
    return job


def _asking(kind: str) -> str:
    tenant = tenancy.current()
    if tenant == tenancy.NOBODY:
        raise ValueError(
            f"Nobody asks for {kind!r}, so it would see nothing. Ask in a request that acts for an "
            "organisation, or in a process that called `serve_as_system`."
        )
    # Who acts for another organisation asks on its behalf; the job outlives what it was granted.
    return tenant.partition("/")[0]


def wake(job: Job) -> None:
    """Tell a worker to look at the job. A broker that is away is no loss: the sweep comes back."""
    with tenancy.acting_as(job.tenant):  # after the commit a request is nobody's again
        Job.objects.filter(pk=job.pk).update(woken_at=timezone.now())
    try:
        current_app.send_task("jobs.run", args=[str(job.pk)], queue=job.queue, retry=False)
    except OperationalError as error:
        log.warning("The broker is away (%s); %s stays queued.", error, job)


def sweep(now: datetime) -> int:
    """Wake every job that nobody works on; returns how many there were."""
    silent_since = now - DEAD_AFTER
    sleeping = Job.objects.filter(
        Q(status=Job.Status.QUEUED) | Q(status=Job.Status.RUNNING, heartbeat_at__lt=silent_since)
    ).filter(Q(woken_at__isnull=True) | Q(woken_at__lt=silent_since))
    jobs = list(sleeping.order_by("created_at")[:1000])
    for job in jobs:
        wake(job)
    return len(jobs)
