"""How fast a job is, how long it still takes and what its time costs, from what its row says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from common.jobs.models import DEAD_AFTER, Job
from common.money import currency

LEAST_SECONDS = 2.0  # before, a rate says nothing


@dataclass(frozen=True)
class Pace:
    """A job, seen at a moment."""

    job: Job
    now: datetime

    @property
    def part_permille(self) -> int:
        """How much of it is done."""
        job = self.job
        if job.status == Job.Status.SUCCEEDED:
            return 1000
        return (
            min(1000, 1000 * job.progress_done // job.progress_total) if job.progress_total else 0
        )

    @property
    def worker_seconds(self) -> float | None:
        """How long a worker has had it, in its last attempt; none before one took it."""
        job = self.job
        if job.started_at is None or job.status == Job.Status.QUEUED:
            return None
        until = job.finished_at or (self._last_sign if self.is_silent else self.now)
        return max(0.0, (until - job.started_at).total_seconds())

    @property
    def per_second(self) -> float | None:
        """Units of its progress a second, while it runs and once that says something."""
        seconds = self.worker_seconds
        if self.job.status != Job.Status.RUNNING or seconds is None or seconds < LEAST_SECONDS:
            return None
        return self.job.progress_done / seconds if self.job.progress_done else None

    @property
    def remaining_seconds(self) -> float | None:
        """At this rate; none where there is no rate or nobody works on it."""
        rate = self.per_second
        if rate is None or self.is_silent:
            return None
        return max(0, self.job.progress_total - self.job.progress_done) / rate

    @property
    def is_silent(self) -> bool:
        """Its worker gave no sign of life for so long that it is taken to be dead."""
        return self.job.status == Job.Status.RUNNING and self.now - self._last_sign > DEAD_AFTER

    @property
    def silent_for(self) -> timedelta:
        return self.now - self._last_sign

    @property
    def has_failed(self) -> bool:
        return self.job.status == Job.Status.FAILED

    @property
    def _last_sign(self) -> datetime:
        return self.job.heartbeat_at or self.job.started_at or self.job.created_at


CURRENCY = "EUR"  # of WORKER_HOUR_CENTS


@dataclass(frozen=True)
class Cost:
    """Worker time at the price that the installation states; an estimate, and no invoice."""

    seconds: float
    cents: int | None  # rounded up, so that work is never shown as free; none without a price
    currency: str = CURRENCY

    @property
    def atoms(self) -> int | None:
        return None if self.cents is None else self.cents * currency(self.currency).atoms_per_minor


def cost_of(paces: Iterable[Pace]) -> Cost:
    """What the time of these jobs costs: of each, its last attempt."""
    return cost_of_seconds(sum(pace.worker_seconds or 0.0 for pace in paces))


def cost_of_seconds(seconds: float) -> Cost:
    """What this much worker time costs."""
    price = settings.WORKER_HOUR_CENTS
    return Cost(seconds, -(-round(seconds) * price // 3600) if price else None)
