"""What the calendar says: which period comes next, from when it is computed, for whom it waits.

A period begins where the contract's last one ends, or with the contract, and ends with a calendar
month: that in which it begins, or the last of as many as the contract says. The contract's end cuts
it short. Days before a contract's first period that somebody opened by hand are left to people.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from common.jobs.models import Job
from royalty.models import Contract, Notice, PayoutBatch, Period, Statement
from royalty.selectors.held import months_after
from royalty.selectors.publishing import drafts_of, notices_of

Status = Period.Status
UNTOLD = [Notice.Status.FAILED, Notice.Status.LOST]


@dataclass(frozen=True)
class Due:
    """Something that happens by itself on a day, or waits for a person from a day on."""

    on: date
    sentence: str
    waits: bool = False  # for a person


def computation_key(period: Period) -> str:
    """The calendar asks for one computation of a period; after that it is a person's."""
    return f"calendar:{period.pk}"


def next_span(contract: Contract) -> tuple[date, date] | None:
    """The days of the contract's next period, until before the second; none after its end."""
    last = contract.periods.order_by("-ends_on").first()
    starts_on = contract.valid_from if last is None else last.ends_on
    if contract.valid_until is not None and starts_on >= contract.valid_until:
        return None
    return starts_on, span_end(contract, starts_on)


def span_end(contract: Contract, starts_on: date) -> date:
    """Before which day a period of the contract ends that begins on a day."""
    ends_on = months_after(starts_on.replace(day=1), contract.period_months)
    return ends_on if contract.valid_until is None else min(ends_on, contract.valid_until)


def computable_on(period: Period) -> date:
    """From which day the calendar has the period computed."""
    return period.ends_on + timedelta(days=period.contract.reporting_days)


def was_computed_before(period: Period) -> bool:
    """Somebody opened it again, so that it is theirs to compute."""
    return period.runs.exists()


def unfinished(contract: Contract) -> list[Period]:
    """Periods with something left to do, the earliest first."""
    drafts = Statement.objects.filter(period=OuterRef("pk"), publication__isnull=True)
    untold = Notice.objects.filter(publication__period=OuterRef("pk"), status__in=UNTOLD)
    periods = contract.periods.filter(~Q(status=Status.CLOSED) | Exists(drafts) | Exists(untold))
    return list(periods.select_related("contract", "reviewed_by").order_by("starts_on"))


def waits_for(period: Period, day: date) -> Due | None:
    """For whom a period waits, in a sentence; none while nobody has to do anything."""
    after = period.ends_on
    if period.status == Status.OPEN:
        return _waits_open(period, day)
    if period.status == Status.COMPUTED:
        whoever = "somebody" if period.computed_by_id is None else "a second person"
        return Due(after, f"{period} waits for {whoever} to review it.", waits=True)
    if period.status == Status.REVIEWED:
        but = f" who is not {period.reviewed_by}" if period.computed_by_id is None else ""
        return Due(after, f"{period} waits for somebody{but} to close it.", waits=True)
    return _waits_closed(period)


def _waits_open(period: Period, day: date) -> Due | None:
    on = computable_on(period)
    if was_computed_before(period):
        return Due(
            on, f"{period} was opened again; it waits for somebody to compute it.", waits=True
        )
    job = Job.objects.filter(
        kind="royalty.compute_period", key=computation_key(period), status=Job.Status.FAILED
    ).first()
    if job is not None:
        return Due(on, f"{period} could not be computed: {job.error}", waits=True)
    if on > day:
        return Due(on, f"{period} takes events until it is computed on {on}.")
    return Due(on, f"{period} is being computed.")


def _waits_closed(period: Period) -> Due | None:
    drafts = drafts_of(period)
    unrendered = drafts.filter(rendered_at__isnull=True).count()
    if unrendered:
        return Due(period.ends_on, f"{period}: {unrendered:,} statements are being printed.")
    if drafts.exists():
        return Due(
            period.ends_on,
            f"{period} waits for somebody to publish its {drafts.count():,} statements.",
            waits=True,
        )
    untold = _untold(period)
    if untold:
        return Due(
            period.ends_on,
            f"{period}: {untold:,} e-mails did not go out or may not have; period notices lists "
            "them.",
            waits=True,
        )
    return None


def _untold(period: Period) -> int:
    return notices_of(period).filter(status__in=UNTOLD).count()


def waiting_batches() -> list[Due]:
    """Batches of payouts that wait for a person."""
    words = {
        PayoutBatch.Status.DRAFT: "to approve it",
        PayoutBatch.Status.APPROVED: "to export it",
        PayoutBatch.Status.EXPORTED: "to give it to the bank",
    }
    found = PayoutBatch.objects.filter(status__in=words).select_related("approved_by")
    return [
        Due(
            batch.posted_on,
            f"{batch} waits for somebody{_but(batch)} {words[PayoutBatch.Status(batch.status)]}.",
            waits=True,
        )
        for batch in found.order_by("pk")
    ]


def _but(batch: PayoutBatch) -> str:
    is_alone = batch.made_by_id is None and batch.status == PayoutBatch.Status.EXPORTED
    return f" who is not {batch.approved_by}" if is_alone else ""


def outlook(day: date) -> list[Due]:
    """All that comes next or waits, by day: nothing is done."""
    found = waiting_batches()
    for contract in contracts_on(day):
        found += [due for period in unfinished(contract) if (due := waits_for(period, day))]
        span = next_span(contract)
        if span is not None:
            found.append(Due(span[0], f"{contract}: a period opens until before {span[1]}."))
    return sorted(found, key=lambda due: (not due.waits, due.on, due.sentence))


def contracts_on(day: date) -> list[Contract]:
    """Contracts that have begun, by code."""
    return list(Contract.objects.filter(valid_from__lte=day).order_by("code"))
