"""What the calendar says: which period comes next, from when it is computed, for whom it waits.

A period begins where the contract's last one ends, or with the contract, and ends with a calendar
month: that in which it begins, or the last of as many as the contract says. The contract's end cuts
it short. Days before a contract's first period that somebody opened by hand are left to people.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

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
    batch_id: int | None = None  # of the payouts that wait


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
        if period.computed_by_id is None:
            words = _("%(period)s waits for somebody to review it.")
        else:
            words = _("%(period)s waits for a second person to review it.")
        return Due(after, words % {"period": period}, waits=True)
    if period.status == Status.REVIEWED:
        if period.computed_by_id is None:
            words = _("%(period)s waits for somebody who is not %(person)s to close it.")
        else:
            words = _("%(period)s waits for somebody to close it.")
        return Due(after, words % {"period": period, "person": period.reviewed_by}, waits=True)
    return _waits_closed(period)


def _waits_open(period: Period, day: date) -> Due | None:
    on = computable_on(period)
    if was_computed_before(period):
        words = _("%(period)s was opened again; it waits for somebody to compute it.")
        return Due(on, words % {"period": period}, waits=True)
    job = Job.objects.filter(
        kind="royalty.compute_period", key=computation_key(period), status=Job.Status.FAILED
    ).first()
    if job is not None:
        words = _("%(period)s could not be computed: %(error)s")
        return Due(on, words % {"period": period, "error": job.error}, waits=True)
    if on > day:
        words = _("%(period)s takes events until it is computed on %(day)s.")
        return Due(on, words % {"period": period, "day": on})
    return Due(on, _("%(period)s is being computed.") % {"period": period})


def _waits_closed(period: Period) -> Due | None:
    drafts = drafts_of(period)
    unrendered = drafts.filter(rendered_at__isnull=True).count()
    if unrendered:
        words = _("%(period)s: %(count)s statements are being printed.")
        return Due(period.ends_on, words % {"period": period, "count": f"{unrendered:,}"})
    if drafts.exists():
        words = _("%(period)s waits for somebody to publish its %(count)s statements.")
        named = {"period": period, "count": f"{drafts.count():,}"}
        return Due(period.ends_on, words % named, waits=True)
    untold = _untold(period)
    if untold:
        words = _(
            "%(period)s: %(count)s e-mails did not go out or may not have; period notices lists "
            "them."
        )
        named = {"period": period, "count": f"{untold:,}"}
        return Due(period.ends_on, words % named, waits=True)
    return None


def _untold(period: Period) -> int:
    return notices_of(period).filter(status__in=UNTOLD).count()


def waiting_batches() -> list[Due]:
    """Batches of payouts that wait for a person."""
    words = {
        PayoutBatch.Status.DRAFT: _("batch %(batch)s waits for somebody to approve it."),
        PayoutBatch.Status.APPROVED: _("batch %(batch)s waits for somebody to export it."),
        PayoutBatch.Status.EXPORTED: _(
            "batch %(batch)s waits for somebody to give it to the bank."
        ),
    }
    alone = _("batch %(batch)s waits for somebody who is not %(person)s to give it to the bank.")
    found = PayoutBatch.objects.filter(status__in=words).select_related("approved_by")
    return [
        Due(
            batch.posted_on,
            (alone if _is_alone(batch) else words[PayoutBatch.Status(batch.status)])
            % {"batch": batch.message_id, "person": batch.approved_by},
            waits=True,
            batch_id=batch.pk,
        )
        for batch in found.order_by("pk")
    ]


def _is_alone(batch: PayoutBatch) -> bool:
    """Whoever approved it is the only person behind it so far, the calendar having drafted it."""
    return batch.made_by_id is None and batch.status == PayoutBatch.Status.EXPORTED


def outlook(day: date) -> list[Due]:
    """All that comes next or waits, by day: nothing is done."""
    found = waiting_batches()
    for contract in contracts_on(day):
        found += [due for period in unfinished(contract) if (due := waits_for(period, day))]
        span = next_span(contract)
        if span is not None:
            words = _("%(contract)s: a period opens until before %(day)s.")
            found.append(Due(span[0], words % {"contract": contract, "day": span[1]}))
    return sorted(found, key=lambda due: (not due.waits, due.on, due.sentence))


def contracts_on(day: date) -> list[Contract]:
    """Contracts that have begun, by code."""
    return list(Contract.objects.filter(valid_from__lte=day).order_by("code"))
