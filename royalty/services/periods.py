"""The life of a period: open → computed → reviewed → closed.

Each step locks the period's row, so that of two people one wins and the other is told. Computing
again replaces the last result until the period is closed; opening it again lets events in. Closing
recomputes everything from the stored snapshot and posts only if nothing differs. No clock is read:
callers pass `as_of`.
"""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from common.jobs.dispatch import enqueue
from common.jobs.models import Job
from royalty.apportionment import SnapshotError
from royalty.models import AllocationRun, Contract, Period
from royalty.selectors.facts import last_intake_file, reported_totals
from royalty.selectors.runs import Books, books_of, current_run, lines_sha256
from royalty.selectors.usage_holds import uncounted_holds, undecided_holds
from royalty.services import posting, proofs, statements
from royalty.services.runs import PeriodError, make_run
from royalty.services.telling import tell_period_closed

__all__ = [
    "PeriodError",
    "close_period",
    "compute_period",
    "open_period",
    "reopen_period",
    "reproduced",
    "request_computation",
    "review_period",
]
Status = Period.Status


def open_period(*, contract: Contract, starts_on: date, ends_on: date) -> Period:
    """Begin a period of a contract, until before `ends_on`.

    Raises:
        PeriodError: it lasts no day, leaves the contract's days, overlaps another period, or lies
            before a closed one, whose root follows on what was closed before it.
    """
    if ends_on <= starts_on:
        raise PeriodError(f"A period from {starts_on} to before {ends_on} has no day.")
    until = contract.valid_until
    if starts_on < contract.valid_from or (until is not None and ends_on > until):
        raise PeriodError(
            f"{contract} is valid from {contract.valid_from} "
            f"{f'to before {until}' if until else 'on'}; the period leaves that."
        )
    with transaction.atomic():
        # Two people opening at once: the second waits here and then sees the first one's period.
        Contract.objects.select_for_update(no_key=True).get(pk=contract.pk)
        other = contract.periods.filter(starts_on__lt=ends_on, ends_on__gt=starts_on).first()
        if other is not None:
            raise PeriodError(f"{other} ({other.status}) covers some of these days.")
        later = contract.periods.filter(starts_on__gte=ends_on, root__isnull=False).first()
        if later is not None:
            raise PeriodError(
                f"{later} is closed, so nothing before it can be; open a period that follows it, "
                "and report what was missed there."
            )
        return Period.objects.create(contract=contract, starts_on=starts_on, ends_on=ends_on)


def request_computation(
    *, period: Period, user: User | None, as_of: datetime, key: str = ""
) -> Job:
    """Have a worker compute the period; for the same key it is asked once."""
    payload = {"period": period.pk, "user": user and user.pk, "as_of": as_of.isoformat()}
    return enqueue("royalty.compute_period", payload, key=key)


@transaction.atomic
def compute_period(*, period: Period, user: User | None, as_of: datetime) -> AllocationRun:
    """Apportion an open period, or a computed one anew. From here on it takes no more events.

    Without a user nobody computed it but the calendar; then two others review and close it.

    A generation without a finished attribution is no obstacle: what it earned follows the
    contract's fallback as a whole and is listed in the run's exceptions.

    Raises:
        PeriodError: it is reviewed or closed, or its facts contradict each other.
    """
    locked = _locked(period, {Status.OPEN, Status.COMPUTED}, "computed")
    run = make_run(locked, user, as_of)
    _move(locked, Status.COMPUTED, computed_by=user, computed_at=as_of)
    return run


@transaction.atomic
def reopen_period(*, period: Period) -> Period:
    """Open a computed or reviewed period again, so that late events can come in.

    Raises:
        PeriodError: it is closed; report late events in an open period instead.
    """
    locked = _locked(period, {Status.OPEN, Status.COMPUTED, Status.REVIEWED}, "opened again")
    nobody = {"computed_by": None, "computed_at": None, "reviewed_by": None, "reviewed_at": None}
    return _move(locked, Status.OPEN, **nobody)


@transaction.atomic
def review_period(
    *, period: Period, user: User, as_of: datetime, seen_run: int | None = None
) -> Period:
    """A second person agrees with what was computed: with `seen_run`, if a run is named.

    Raises:
        PeriodError: it is not computed, the same person computed it, or it was computed again
            since the run that was seen.
    """
    locked = _locked(period, {Status.COMPUTED}, "reviewed")
    if locked.computed_by_id == user.pk:
        raise PeriodError(f"{user} computed {locked}; a second person reviews it.")
    if seen_run is not None and seen_run != current_run(locked).pk:
        raise PeriodError(f"{locked} was computed again since you looked at it; look again.")
    _refuse_undecided(locked)
    return _move(locked, Status.REVIEWED, reviewed_by=user, reviewed_at=as_of)


@transaction.atomic
def close_period(*, period: Period, user: User, as_of: datetime) -> Period:
    """Post a reviewed period, issue its statements and store its root. There is no way back.

    Raises:
        PeriodError: it is not reviewed, or by the closer alone, it is not over, an earlier period
            is not closed, or what was reviewed cannot be reproduced.
        LedgerError: the books refuse it.
    """
    locked = _locked(period, {Status.REVIEWED}, "closed")
    if locked.computed_by_id is None and locked.reviewed_by_id == user.pk:
        raise PeriodError(
            f"{user} reviewed {locked}, which the calendar had computed; a second person closes it."
        )
    _refuse_untimely(locked, as_of.date())
    run = current_run(locked)
    books = reproduced(run)
    posting.post_run(books)
    issued = statements.issue(books)
    proofs.seal_period(books, issued)
    closed = _move(locked, Status.CLOSED, closed_by=user, closed_at=as_of)
    tell_period_closed(closed)
    return closed


def reproduced(run: AllocationRun) -> Books:
    """The run with its snapshot and lines, proved to be those that were recorded.

    Raises:
        PeriodError: the snapshot is gone or altered, the lines come out differently, or events
            are known that the run did not see.
    """
    try:
        books = books_of(run)
    except SnapshotError as error:
        raise PeriodError(f"{run.period} cannot be reproduced: {error}") from error
    if lines_sha256(books.allocation) != run.lines_sha256:
        raise PeriodError(
            f"{run.period} gives other lines than were recorded by {run.code_version}; "
            "compute and review it again."
        )
    known = reported_totals(run.period, last_intake_file(run.period))
    if known != (run.use_count + run.left_out_uses, run.gross_atoms):
        raise PeriodError(
            f"Events of {run.period} came in that its run did not see; "
            "open it again and compute it."
        )
    return books


def _locked(period: Period, allowed: set[Period.Status], done: str) -> Period:
    """The period's row, locked, if its status allows what is to be done."""
    locked = (
        Period.objects.select_for_update(of=("self",))
        .select_related("contract__platform")
        .get(pk=period.pk)
    )
    if locked.status not in allowed:
        words = " or ".join(sorted(status.value for status in allowed))
        raise PeriodError(
            f"{locked} is {locked.status}; only a period that is {words} can be {done}."
        )
    return locked


def _move(locked: Period, status: Period.Status, **people: object) -> Period:
    """Write the period's new status and who brought it there."""
    for name, value in people.items():
        setattr(locked, name, value)
    locked.status = status
    locked.save(update_fields=["status", *people])
    return locked


def _refuse_undecided(period: Period) -> None:
    """Somebody has decided about all uses that are held, and the run followed the decisions."""
    undecided = undecided_holds(period).first()
    if undecided is not None:
        raise PeriodError(
            f"Nobody has decided about hold {undecided.pk} of {period}: {undecided.sentence} "
            "Decide with manage.py usage_holds."
        )
    decided = set(uncounted_holds(period).values_list("pk", flat=True))
    if decided != set(current_run(period).left_out):
        raise PeriodError(
            f"It was decided otherwise which uses of {period} count; compute it again."
        )


def _refuse_untimely(period: Period, today: date) -> None:
    if today < period.ends_on:
        raise PeriodError(f"{period} is not over before {period.ends_on}; events may still come.")
    earlier = (
        Period.objects.filter(contract=period.contract_id, starts_on__lt=period.starts_on)
        .exclude(status=Status.CLOSED)
        .order_by("starts_on")
        .first()
    )
    if earlier is not None:
        raise PeriodError(f"{earlier} is {earlier.status}; close it before {period}.")
