"""Restating a closed period after a fact behind it changed, ownership above all.

The closed period stays as it is. It is apportioned again as the catalogue stands now, and what
differs from the amounts in the books is posted in an open period, with a pointer to the journal
that it corrects.
"""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from royalty.models import Account, Journal, JournalKind, Period
from royalty.selectors.credits import Credits, allocation_journal, credits_of, posted_credits
from royalty.selectors.held import HELD_KINDS, held_atoms
from royalty.selectors.runs import books_of
from royalty.services import ledger
from royalty.services.ledger import Draft
from royalty.services.posting import credit_legs
from royalty.services.runs import PeriodError, make_run


@transaction.atomic
def restate_period(*, period: Period, into: Period, user: User, as_of: datetime) -> Journal:
    """Post what changed in a closed period into an open one; returns the journal of differences.

    Raises:
        PeriodError: the periods are not a closed and a later open one of the same contract, or
            the period comes out as it is in the books.
        LedgerError: the books refuse it.
    """
    period, into = _locked(period, into)
    corrected = allocation_journal(period)
    if corrected is None:
        raise PeriodError(f"{period} had no revenue; there is nothing to restate.")
    before = posted_credits(period)
    run = make_run(period, user, as_of)
    after = credits_of(books_of(run))
    targets = sorted(before.keys() | after.keys())
    deltas = {target: after.get(target, 0) - before.get(target, 0) for target in targets}
    changed = {target: atoms for target, atoms in deltas.items() if atoms}
    if not changed:
        raise PeriodError(f"{period} comes out as it is in the books; nothing to restate.")
    _refuse_released(period, changed)
    return ledger.post(
        Draft(
            key=f"run:{run.pk}:restatement",
            kind=JournalKind.RESTATEMENT,
            period=into,
            posted_on=into.last_day,
            legs=credit_legs(into.contract, changed),
            memo=f"restates {period}, snapshot {run.snapshot_sha256}",
            corrects=corrected,
        )
    )


def _refuse_released(period: Period, changed: Credits) -> None:
    """What was held and is placed now must still be there."""
    for held in Account.objects.filter(contract=period.contract, kind__in=HELD_KINDS):
        if held_atoms(held, period) + changed.get((held.kind, ""), 0) < 0:
            raise PeriodError(
                f"{period} would place money that was {held.get_kind_display()} and has been "
                "released; reverse the release first, with manage.py reverse."
            )


def _locked(period: Period, into: Period) -> tuple[Period, Period]:
    """Both rows, locked in one order, if they fit each other."""
    rows = (
        Period.objects.select_for_update(of=("self",))
        .select_related("contract__platform")
        .filter(pk__in=[period.pk, into.pk])
        .order_by("pk")
    )
    by_id = {row.pk: row for row in rows}
    period, into = by_id[period.pk], by_id[into.pk]
    if period.status != Period.Status.CLOSED:
        raise PeriodError(f"{period} is {period.status}; compute it again instead of restating it.")
    fits = into.contract_id == period.contract_id and into.starts_on >= period.ends_on
    if into.status == Period.Status.CLOSED or not fits:
        raise PeriodError(
            f"{into} ({into.status}) cannot take the differences of {period}; name a later period "
            "of the same contract that is not closed."
        )
    return period, into
