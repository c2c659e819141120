"""The few numbers that an operator looks at first."""

from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse
from django.utils.timesince import timesince

from common.jobs.models import Job
from royalty.models import IntakeFile, Period
from royalty.selectors.ledger import trial_balance


@dataclass(frozen=True)
class Figure:
    """A number with what it means and where it comes from; `is_bad` asks for somebody's hand."""

    label: str
    value: str
    detail: str
    url: str
    is_bad: bool = False


def figures() -> list[Figure]:
    """What is to be done, what went wrong, whether the books balance, what came in last."""
    return [_periods(), _jobs(), _books(), _intake()]


def _periods() -> Figure:
    counts = dict(
        Period.objects.exclude(status=Period.Status.CLOSED)
        .values_list("status")
        .annotate(Count("pk"))
    )
    detail = ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
    return Figure(
        "periods not closed",
        f"{sum(counts.values()):,}",
        detail or "everything is closed",
        reverse("accountant:periods"),
    )


def _jobs() -> Figure:
    counts = dict(
        Job.objects.exclude(status=Job.Status.SUCCEEDED).values_list("status").annotate(Count("pk"))
    )
    failed = counts.get(Job.Status.FAILED, 0)
    waiting, running = counts.get(Job.Status.QUEUED, 0), counts.get(Job.Status.RUNNING, 0)
    return Figure(
        "failed jobs",
        f"{failed:,}",
        f"{waiting:,} waiting, {running:,} being done",
        f"{reverse('admin:jobs_job_changelist')}?status__exact=failed",
        is_bad=failed > 0,
    )


def _books() -> Figure:
    balance = trial_balance()
    currencies = ", ".join(sorted(balance.totals_atoms())) or "nothing posted yet"
    return Figure(
        "the books",
        "balance" if balance.is_balanced else "DO NOT BALANCE",
        f"{len(balance.rows):,} accounts in use; {currencies}",
        reverse("admin:royalty_journal_changelist"),
        is_bad=not balance.is_balanced,
    )


def _intake() -> Figure:
    last = IntakeFile.objects.select_related("platform").order_by("-received_at").first()
    url = reverse("admin:royalty_intakefile_changelist")
    if last is None:
        return Figure("last intake", "none", "no platform has reported yet", url)
    events = "1 event" if last.new_count == 1 else f"{last.new_count:,} events"
    detail = f"{events} of {last.kind} from {last.platform}"
    return Figure("last intake", f"{timesince(last.received_at, depth=1)} ago", detail, url)
