"""What a platform sent, and how far each of it is."""

from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.models import Platform
from common.jobs.models import Job
from royalty.models import SentFile

PENDING, TAKEN = SentFile.Outcome.PENDING, SentFile.Outcome.TAKEN


class Status(StrEnum):
    """How far a file is. While nothing came of it yet, its job's word counts."""

    QUEUED = "queued"
    RUNNING = "running"
    TAKEN = "taken"
    REFUSED = "refused"
    FAILED = "failed"


OF_JOB = {
    Job.Status.QUEUED: Status.QUEUED,
    Job.Status.RUNNING: Status.RUNNING,
    Job.Status.SUCCEEDED: Status.RUNNING,  # its end was read before what came of it
    Job.Status.FAILED: Status.FAILED,
}


def sent_files(platform: Platform) -> QuerySet[SentFile]:
    """All that a platform sent, with the jobs that read it."""
    return SentFile.objects.filter(platform=platform).select_related("job")


def refused_files() -> QuerySet[SentFile]:
    """All of which something was refused, the whole file or lines of it, with their platforms."""
    refused = Q(outcome=SentFile.Outcome.REFUSED) | Q(outcome=TAKEN, refused_count__gt=0)
    return SentFile.objects.filter(refused).select_related("platform")


def refused_and_not_sent_anew() -> QuerySet[SentFile]:
    """Files that were refused as a whole, of which none of the same name was taken since."""
    refused = SentFile.objects.filter(outcome=SentFile.Outcome.REFUSED)
    taken_since = SentFile.objects.filter(
        platform=OuterRef("platform"),
        kind=OuterRef("kind"),
        name=OuterRef("name"),
        outcome=TAKEN,
        received_at__gt=OuterRef("received_at"),
    )
    return refused.exclude(Exists(taken_since)).select_related("platform")


def in_status(status: Status) -> Q:
    """The condition for files of a status."""
    if status in {Status.TAKEN, Status.REFUSED}:
        return Q(outcome=status.value)
    jobs = [job for job, said in OF_JOB.items() if said is status]
    return Q(outcome=PENDING, job__status__in=jobs)


def status_of(sent: SentFile) -> Status:
    """How far a file is, of those that `sent_files` finds."""
    if sent.outcome != PENDING:
        return Status(sent.outcome)
    assert sent.job is not None  # only what a job reads is pending
    return OF_JOB[Job.Status(sent.job.status)]
