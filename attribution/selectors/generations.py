"""Pieces by how far their attribution is: what `attributions.standings` says, as a condition.

The words are the same for a list that is filtered and for each row of it; a test holds the two
against each other.
"""

from django.db.models import BooleanField, CharField, Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from attribution.models import Attribution, FeatureFinding, Generation, GenerationFeatures
from attribution.selectors.attributions import KIND, Status
from common.jobs.models import Job

REFUTED = GenerationFeatures.Standing.REFUTED


def in_status(generations: QuerySet[Generation], status: Status) -> QuerySet[Generation]:
    """Those of the pieces whose attribution is so far."""
    return generations.filter(_counts() if status is Status.ATTRIBUTED else _others()[status])


def unattributed(generations: QuerySet[Generation]) -> QuerySet[Generation]:
    """Those that wait for their shares: by themselves these get them, once a run is done."""
    waiting = _others()
    return generations.filter(
        waiting[Status.WAITING_FOR_FEATURES] | waiting[Status.QUEUED] | waiting[Status.RUNNING]
    )


def _counts() -> Q:
    """An attribution counts for the piece."""
    return Q(Exists(_finished().filter(run__objections=[])))


def _others() -> dict[Status, Q]:
    """The conditions for pieces of which no attribution counts."""
    none, refuted, vetoed = ~_counts(), _is_refuted(), _is_vetoed()
    lost = Q(arrival_run__isnull=False) & (_is_unreadable() | ~_job() | _job(Job.Status.FAILED))
    failed = none & (refuted | vetoed | lost)
    goes_on = none & ~refuted & ~vetoed & Q(arrival_run__isnull=False) & ~_is_unreadable()
    running = goes_on & _job(Job.Status.RUNNING)
    return {
        Status.FAILED: failed,
        Status.WAITING_FOR_FEATURES: none & ~refuted & ~vetoed & Q(arrival_run__isnull=True),
        Status.RUNNING: running,
        Status.QUEUED: goes_on & _job(Job.Status.QUEUED, Job.Status.SUCCEEDED),
    }


def _finished() -> QuerySet[Attribution]:
    """Attributions of the piece that are finished and not by features that were refuted."""
    return Attribution.objects.filter(
        generation=OuterRef("pk"), run__finished_at__isnull=False
    ).exclude(
        generation__features__standing=REFUTED,
        generation__features__feature_store=F("run__feature_store"),
    )


def _is_refuted() -> Q:
    findings = FeatureFinding.objects.filter(features__generation=OuterRef("pk"), standing=REFUTED)
    return Q(Exists(findings))


def _is_vetoed() -> Q:
    return Q(Exists(_finished().exclude(run__objections=[])))


def _job(*statuses: str) -> Q:
    """The job of the run that the piece joined is there, in one of these states if any is named."""
    jobs = Job.objects.filter(kind=KIND, key=Cast(OuterRef("arrival_run_id"), CharField()))
    return Q(Exists(jobs.filter(status__in=statuses) if statuses else jobs))


def _is_unreadable() -> Q:
    """The run that it joined took it out, since the model cannot read it."""
    asked = Func(
        F("arrival_run__config__refused"),
        Cast("pk", CharField()),
        function="jsonb_exists",
        output_field=BooleanField(),
    )
    return Q(Func(asked, False, function="coalesce", output_field=BooleanField()))
