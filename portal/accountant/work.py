"""What a worker does with a period at the moment, and what a person can do if it died."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from common.jobs.models import DEAD_AFTER, Job
from royalty.models import Period
from royalty.selectors.calendar import computation_key as calendars_key

KIND = "royalty.compute_period"
PERCENT = 100


@dataclass(frozen=True)
class Work:
    """A computation that is not done: waiting, going on, silent or failed."""

    job: Job
    sentence: str
    is_under_way: bool

    @property
    def percent(self) -> int | None:
        """How far it says it is; None where it has not said."""
        total = self.job.progress_total
        return self.job.progress_done * PERCENT // total if total else None


def computation_key(period: Period) -> str:
    """Names the period's next computation: pressing twice asks once, and asks a dead one anew."""
    last = period.runs.order_by("-pk").values_list("pk", flat=True).first()
    return f"console:{period.pk}:after:{last or 0}"


def work_on(period: Period, now: datetime) -> Work | None:
    """The computation of the period that was asked for last, unless it is done."""
    keys = [computation_key(period), calendars_key(period)]
    asked = Job.objects.filter(kind=KIND, key__in=keys).exclude(status=Job.Status.SUCCEEDED)
    job = asked.order_by("-created_at").first()
    if job is None:
        return None
    return Work(job, _sentence(job, now), is_under_way=not job.is_finished)


def _sentence(job: Job, now: datetime) -> str:
    if job.status == Job.Status.FAILED:
        return _("The computation failed: %(error)s") % {"error": job.error}
    if job.status == Job.Status.QUEUED and job.error:
        return _("An attempt failed (%(error)s); a worker tries again.") % {"error": job.error}
    if job.status == Job.Status.QUEUED:
        return _("It waits for a worker.")
    if job.heartbeat_at is None or now - job.heartbeat_at > DEAD_AFTER:
        return _("Its worker has stopped answering; another one takes it up within a minute.")
    return _("A worker is computing it.")
