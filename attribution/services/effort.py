"""What features and runs took of workers, written with them as they end.

A job's row is its asker's alone; what it took is for everybody who sees the features or the run.
"""

from collections.abc import Iterable
from datetime import datetime

from common.jobs.models import Job


def worker_seconds(jobs: Iterable[Job], now: datetime) -> float | None:
    """How long workers had these jobs, of each its last attempt; None where no worker had any.

    A job that is at work is counted until now.
    """
    taken = [
        max(0.0, ((job.finished_at or now) - job.started_at).total_seconds())
        for job in jobs
        if job.started_at is not None and job.status != Job.Status.QUEUED
    ]
    return sum(taken) if taken else None


def covered_ppm(jobs: Iterable[Job]) -> int | None:
    """The least part of the parameters that jobs of preparing found covered; None if none did."""
    results = (job.result for job in jobs)
    return min((each["covered_ppm"] for each in results if "covered_ppm" in each), default=None)
