"""Doing a job: claim the row, work with a beating heart, write how it ended."""

import logging
import threading
import time
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from structlog.contextvars import bound_contextvars

from common.database import tenancy
from common.jobs.dispatch import wake
from common.jobs.models import DEAD_AFTER, HEARTBEAT_SECONDS, Job
from common.jobs.registry import JobError, handler_for, tell_finished

log = logging.getLogger(__name__)

PROGRESS_SECONDS = 0.3


def run(job_id: UUID) -> Job | None:
    """Do the job unless someone else does or did; returns it as it is afterwards."""
    job = _claim(job_id, timezone.now())
    if job is None:
        return None
    with bound_contextvars(job=str(job.pk), kind=job.kind, attempt=job.attempt):
        _do(job)
        done = Job.objects.get(pk=job_id)
        log.info("The job is %s.", done.status)
    return done


def _do(job: Job) -> None:
    heart = _Heart(job)
    heart.start()
    try:
        with tenancy.working_as(job.tenant):
            result = handler_for(job.kind)(job.payload, _Reporter(job))
    except JobError as error:
        _finish(job, Job.Status.FAILED, error=str(error))
    except Exception as error:
        log.exception("%s failed", job)
        _fail_or_retry(job, f"{type(error).__name__}: {error}")
    else:
        _finish(job, Job.Status.SUCCEEDED, result=result)
    finally:
        heart.stop()


def _claim(job_id: UUID, now: datetime) -> Job | None:
    """Take the job in one statement, so that of two workers one gets it."""
    free = Q(status=Job.Status.QUEUED) | Q(
        status=Job.Status.RUNNING, heartbeat_at__lt=now - DEAD_AFTER
    )
    candidates = Job.objects.filter(free, pk=job_id)
    taken = candidates.filter(attempt__lt=F("max_attempts")).update(
        status=Job.Status.RUNNING,
        attempt=F("attempt") + 1,
        started_at=now,
        heartbeat_at=now,
    )
    if taken:
        return Job.objects.get(pk=job_id)
    _end(
        candidates,
        Job.Status.FAILED,
        error="Its worker died at every attempt; look at the worker's log and memory.",
    )
    return None


def _mine(job: Job) -> QuerySet[Job]:
    """The row as long as this attempt owns it; a worker believed dead must not write any more."""
    return Job.objects.filter(pk=job.pk, attempt=job.attempt, status=Job.Status.RUNNING)


def _finish(job: Job, status: Job.Status, **values: Any) -> None:
    _end(_mine(job), status, **values)


@transaction.atomic
def _end(rows: QuerySet[Job], status: Job.Status, **values: Any) -> None:
    """Write how a job ended, if it is among the rows, and tell those who want to know."""
    job = rows.select_for_update().first()
    if job is not None:
        Job.objects.filter(pk=job.pk).update(status=status, finished_at=timezone.now(), **values)
        job.refresh_from_db()
        tell_finished(job)


def _fail_or_retry(job: Job, error: str) -> None:
    if job.attempt >= job.max_attempts:
        _finish(job, Job.Status.FAILED, error=error)
        return
    with transaction.atomic():
        if _mine(job).update(status=Job.Status.QUEUED, error=error):
            transaction.on_commit(lambda: wake(job))


class _Reporter:
    """Writes progress, but not more often than a person could read it."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._written_at = 0.0

    def __call__(self, done: int, total: int, note: str = "") -> None:
        now = time.monotonic()
        if done < total and now - self._written_at < PROGRESS_SECONDS:
            return
        self._written_at = now
        _mine(self._job).update(progress_done=done, progress_total=total, progress_note=note[:200])


class _Heart(threading.Thread):
    """Tells every few seconds, on a connection of its own, that the worker lives."""

    def __init__(self, job: Job) -> None:
        super().__init__(name=f"heart of {job.pk}", daemon=True)
        self._job = job
        self._stopped = threading.Event()

    def run(self) -> None:
        try:
            while not self._stopped.wait(HEARTBEAT_SECONDS):
                self._beat()
        finally:
            connection.close()

    def _beat(self) -> None:
        try:
            _mine(self._job).update(heartbeat_at=timezone.now())
        except Exception:
            log.warning("No heartbeat for %s this time.", self._job, exc_info=True)
            connection.close()

    def stop(self) -> None:
        self._stopped.set()
        self.join(timeout=HEARTBEAT_SECONDS)
