"""The calendar: what happens by itself, and where it stops because a person must decide.

It opens periods, has them computed, sends e-mails that failed once more, and drafts payouts. It
never reviews, closes, publishes or pays. Done twice, or by two at once, it does everything once.

**Two people, although a machine begins.** What nobody computed or drafted has no first person, so
the rule moves on by a step: whoever reviews such a period does not close it, and whoever approves
such a batch does not give it to the bank. The database refuses both.
"""

from collections.abc import Iterator
from datetime import date, datetime

from django.conf import settings
from django.db import connection, transaction

from common.jobs.models import Job
from royalty.models import Contract, PayingAccount, PayoutBatch, Period
from royalty.selectors.calendar import (
    computable_on,
    computation_key,
    contracts_on,
    next_span,
    unfinished,
    waiting_batches,
    waits_for,
    was_computed_before,
)
from royalty.selectors.publishing import unpublished_periods
from royalty.services.payouts import PayoutError, draft_batch
from royalty.services.periods import open_period, request_computation
from royalty.services.publishing import send_again

Status = Period.Status


def run_calendar(as_of: datetime) -> list[str]:
    """Do what is due; returns what was done, then for whom what waits, a sentence each."""
    day = as_of.date()
    contracts = contracts_on(day)
    done = [sentence for contract in contracts for sentence in _advance(contract, as_of)]
    done += _draft_payouts(as_of)
    waits = [
        due
        for contract in contracts
        for period in unfinished(contract)
        if (due := waits_for(period, day))
    ]
    return done + [due.sentence for due in (*waits, *waiting_batches()) if due.waits]


@transaction.atomic
def _advance(contract: Contract, as_of: datetime) -> list[str]:
    """Open, have computed and tell again what is due under a contract; whoever else waits."""
    locked = Contract.objects.select_for_update(no_key=True).get(pk=contract.pk)
    done = list(open_due(locked, as_of.date()))
    for period in unfinished(locked):
        if _is_computable(period, as_of.date()):
            done += _have_computed(period, as_of)
        elif period.status == Status.CLOSED:
            again = send_again(period=period, and_lost=False)
            done += [f"{period}: {len(again):,} e-mails are tried again."] if again else []
    return done


def open_due(contract: Contract, day: date) -> Iterator[str]:
    """Open a contract's periods that have begun on a day; a sentence for each."""
    while (span := next_span(contract)) is not None and span[0] <= day:
        starts_on, ends_on = span
        period = open_period(contract=contract, starts_on=starts_on, ends_on=ends_on)
        yield f"{period} is opened, until before {ends_on}."


def _is_computable(period: Period, day: date) -> bool:
    is_due = period.status == Status.OPEN and computable_on(period) <= day
    return is_due and not was_computed_before(period)


def _have_computed(period: Period, as_of: datetime) -> list[str]:
    """Ask a worker, unless one is at it. What failed is tried again every time."""
    key = computation_key(period)
    under_way = Job.objects.filter(kind="royalty.compute_period", key=key).exclude(
        status=Job.Status.FAILED
    )
    if under_way.exists():
        return []
    request_computation(period=period, user=None, as_of=as_of, key=key)
    return [f"{period} is given to a worker to be computed."]


def _draft_payouts(as_of: datetime) -> list[str]:
    """Draft a batch in each currency once a month, from the configured day on."""
    if not settings.PAYOUT_DAY or as_of.day < settings.PAYOUT_DAY:
        return []
    codes = PayingAccount.objects.values_list("currency", flat=True).order_by("currency")
    return [sentence for code in codes.distinct() for sentence in _draft(code, as_of)]


@transaction.atomic
def _draft(code: str, as_of: datetime) -> list[str]:
    # Of two calendars one waits here, until the other commits, and then sees its batch.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"calendar payouts {code}"])
    batches = PayoutBatch.objects.filter(currency=code)
    drafted = batches.filter(
        made_by__isnull=True, made_at__year=as_of.year, made_at__month=as_of.month
    )
    if drafted.exists() or batches.filter(status=PayoutBatch.Status.DRAFT).exists():
        return []
    unpublished = unpublished_periods(code)
    if unpublished:
        names = ", ".join(str(period) for period in unpublished)
        return [f"No payouts in {code} are drafted before {names} is published."]
    try:
        with transaction.atomic():
            batch = draft_batch(code=code, user=None, as_of=as_of)
    except PayoutError as error:
        return [f"No payouts in {code}: {error}"]
    return [f"{batch} is drafted: {batch.payouts.count():,} payouts in {code}."]
