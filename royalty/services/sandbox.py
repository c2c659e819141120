"""A sandbox's time: moving a platform's clock on, and doing what falls due on the way.

Two operators who are no people stand in for those who compute and review. Everything else is as in
earnest: the same services, ledger, documents and events. Nothing here runs where money is real.
"""

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day

from django.conf import settings
from django.db import connection, transaction

from accounts.models import User
from catalog.models import Platform
from catalog.services.clock import ClockError, move_clock, now_for
from common.database import tenancy
from common.jobs import runner
from common.jobs.dispatch import enqueue
from common.jobs.models import Job
from common.jobs.registry import Progress
from royalty.models import Contract, HoldDecision, Period
from royalty.selectors.calendar import computable_on, unfinished
from royalty.selectors.publishing import drafts_of
from royalty.selectors.receivables import due
from royalty.selectors.usage_holds import undecided_holds
from royalty.services import periods, publishing
from royalty.services.calendar import open_due
from royalty.services.receivables import issue_invoice
from royalty.services.runs import PeriodError
from royalty.services.usage_holds import decide_hold

KIND = "royalty.advance_clock"
MOST_AT_ONCE = timedelta(days=366)
DOCUMENTS_SECONDS = 600
Status = Period.Status


def operators() -> tuple[User, User]:
    """The two who stand in for people: one computes and closes, the other reviews."""
    accountant, reviewer = (
        User.objects.get_or_create(
            email=f"{name}@sandbox.invalid", defaults={"name": f"Simulated {name}"}
        )[0]
        for name in ("accountant", "reviewer")
    )
    return accountant, reviewer


@transaction.atomic
def request_advance(*, platform: Platform, to: datetime) -> Job:
    """Have a worker move a platform's clock on, and do what falls due until then.

    Raises:
        ClockError: this is no sandbox, the clock would go back or further than a year, or it is
            being moved already.
    """
    if not settings.IS_SANDBOX:
        raise ClockError("Only a sandbox has clocks that can be moved.")
    now = now_for(platform)
    if to < now:
        raise ClockError(f"For you it is {now:%Y-%m-%dT%H:%M:%SZ}; the clock only goes forward.")
    if to > now + MOST_AT_ONCE:
        raise ClockError(f"Move it a year at most at once: to {now + MOST_AT_ONCE:%Y-%m-%d}.")
    _one_at_a_time(platform)
    return enqueue(KIND, {"platform": platform.pk, "to": to.isoformat()}, max_attempts=1)


def _one_at_a_time(platform: Platform) -> None:
    with connection.cursor() as cursor:
        lock = f"sandbox clock {platform.pk}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
    moving = Job.objects.filter(
        kind=KIND,
        payload__platform=platform.pk,
        status__in=[Job.Status.QUEUED, Job.Status.RUNNING],
    ).first()
    if moving is not None:
        raise ClockError(f"The clock is being moved already; wait for the job {moving.pk}.")


def advance(*, platform: Platform, to: datetime, progress: Progress) -> list[str]:
    """Move the clock on; returns a sentence for each period that was closed on the way.

    Every period of the platform is computed, reviewed, closed, published and invoiced on the day on
    which the calendar would have it computed. Done again, it goes on where it stopped.

    Raises:
        ClockError: this is no sandbox.
        PeriodError: a period cannot be closed; the clock stands where it should have been.
    """
    if not settings.IS_SANDBOX:
        raise ClockError("Only a sandbox has clocks that can be moved.")
    done: list[str] = []
    with tenancy.working_as(tenancy.SYSTEM):
        contracts = list(Contract.objects.filter(platform=platform).order_by("pk"))
        _open(contracts, to)
        waiting = _falls_due(contracts, to)
        for number, (moment, period) in enumerate(waiting):
            progress(number, len(waiting), f"{period} is being closed")
            at = move_clock(platform=platform, to=moment)
            done.append(settle(period, at))
        move_clock(platform=platform, to=to)
        progress(len(waiting), len(waiting), f"it is {to:%Y-%m-%d %H:%M} UTC")
    return done


def _open(contracts: Iterable[Contract], to: datetime) -> None:
    for contract in contracts:
        with transaction.atomic():
            locked = Contract.objects.select_for_update(no_key=True).get(pk=contract.pk)
            list(open_due(locked, to.date()))


def _falls_due(contracts: Iterable[Contract], to: datetime) -> list[tuple[datetime, Period]]:
    """Periods that the calendar would have had computed until then, and when; in their order."""
    found = [
        (datetime.combine(computable_on(period), time_of_day(), UTC), period)
        for contract in contracts
        for period in unfinished(contract)
    ]
    return sorted(
        ((moment, period) for moment, period in found if moment <= to),
        key=lambda each: (each[0], each[1].starts_on, each[1].pk),
    )


def settle(period: Period, as_of: datetime) -> str:
    """Bring a period from wherever it is to published statements and an invoice.

    Raises:
        PeriodError: a step is refused, or the statements are not printed in time.
    """
    accountant, reviewer = operators()
    if period.status == Status.OPEN:
        periods.compute_period(period=period, user=accountant, as_of=as_of)
    if period.status in (Status.OPEN, Status.COMPUTED):
        _decide(period, accountant, as_of)
        period = periods.review_period(period=period, user=reviewer, as_of=as_of)
    if period.status == Status.REVIEWED:
        period = periods.close_period(period=period, user=accountant, as_of=as_of)
    if drafts_of(period).exists():
        _print(period)
        publishing.publish_period(period=period, user=accountant, as_of=as_of)
    return f"{period} is closed and published; {_invoice(period, accountant, as_of)}."


def _decide(period: Period, accountant: User, as_of: datetime) -> None:
    """Let every use count that a rule found strange: a sandbox's traffic is strange."""
    holds = list(undecided_holds(period))
    for hold in holds:
        decide_hold(
            hold=hold,
            decision=HoldDecision.Decision.COUNT,
            reason="In a sandbox all uses count.",
            user=accountant,
            as_of=as_of,
        )
    if holds:
        periods.compute_period(period=period, user=accountant, as_of=as_of)


def _print(period: Period) -> None:
    """Do the jobs that print the statements, beside whichever worker does them too."""
    keys = [f"statement:{pk}" for pk in drafts_of(period).values_list("pk", flat=True)]
    jobs = Job.objects.filter(kind="royalty.render_statement", key__in=keys)
    for job in jobs.filter(status=Job.Status.QUEUED).order_by("created_at"):
        runner.run(job.pk)
    until = time.monotonic() + DOCUMENTS_SECONDS
    while drafts_of(period).filter(rendered_at__isnull=True).exists():
        failed = jobs.filter(status=Job.Status.FAILED).first()
        if failed is not None or time.monotonic() > until:
            why = failed.error if failed is not None else "they take too long"
            raise PeriodError(f"The statements of {period} could not be printed: {why}")
        time.sleep(0.2)


def _invoice(period: Period, accountant: User, as_of: datetime) -> str:
    owed = due(period.contract)
    if owed is None or not owed.net_atoms:
        return "there is nothing to invoice"
    invoice = issue_invoice(contract=period.contract, user=accountant, issued_on=as_of.date())
    return f"{invoice} is issued"
