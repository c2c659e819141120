"""Restating a closed period after a fact behind it changed: usage, shares, ownership, a dispute.

The closed period stays as it is. It is apportioned again from what is known now, and what differs
from the amounts in the books is posted in an open period, with a pointer to the journal that it
corrects and with the reason that payees read.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from royalty.models import (
    Account,
    AccountKind,
    AllocationRun,
    Entry,
    Journal,
    JournalKind,
    Period,
    Restatement,
    RestatementKind,
    Side,
)
from royalty.selectors.credits import Credits, allocation_journal, credits_of, posted_credits
from royalty.selectors.held import HELD_KINDS, held_atoms
from royalty.selectors.runs import books_of, current_run
from royalty.services import ledger
from royalty.services.by_hand import ByHandError, checked_reason
from royalty.services.ledger import Draft
from royalty.services.posting import credit_legs
from royalty.services.runs import PeriodError, make_run


@transaction.atomic
def restate_period(
    *,
    period: Period,
    into: Period,
    kind: RestatementKind,
    reason: str,
    user: User,
    as_of: datetime,
) -> Restatement:
    """Post what changed in a closed period into an open one.

    Where lines changed and no account did, there is nothing to post: the new run counts from now
    on, and the restatement has no journal.

    Raises:
        PeriodError: the periods are not a closed and a later open one of the same contract, the
            period comes out as it did before, or no reason is given.
        LedgerError: the books refuse it.
    """
    try:
        told = checked_reason(reason)
    except ByHandError as error:
        raise PeriodError(str(error)) from error
    period, into = _locked(period, into)
    before, run = current_run(period), make_run(period, user, as_of)
    if (before.snapshot_sha256, before.lines_sha256) == (run.snapshot_sha256, run.lines_sha256):
        raise PeriodError(f"{period} comes out as it is in the books; nothing to restate.")
    journal = _post(period, into, run, f"{kind.label}: {told}")
    return Restatement.objects.create(
        period=period,
        run=run,
        instead_of=before,
        journal=journal,
        kind=kind,
        reason=told,
        restated_by=user,
    )


@dataclass(frozen=True)
class Moves:
    """What a restatement would post, in atoms: to whom more, from whom some back, held more.

    `sha256` is of every account and amount, and of the period: equal sums may hide other parties.
    """

    more_atoms: int
    n_more: int
    less_atoms: int
    n_less: int
    held_atoms: int
    sha256: str


def what_restating_moves(*, period: Period, into: Period, user: User, as_of: datetime) -> Moves:
    """The amounts of a restatement that is not made.

    Raises as `restate_period`.
    """
    with transaction.atomic():
        done = restate_period(
            period=period,
            into=into,
            kind=RestatementKind.CORRECTION,
            reason="preview",
            user=user,
            as_of=as_of,
        )
        entries = list(
            Entry.objects.filter(journal=done.journal).select_related("account").order_by("pk")
        )
        transaction.set_rollback(True)
    moved = [
        (each.account.kind, each.amount_atoms if each.side == Side.CREDIT else -each.amount_atoms)
        for each in entries
    ]
    to_parties = [atoms for kind, atoms in moved if kind == AccountKind.PARTY_PAYABLE]
    more, less = [a for a in to_parties if a > 0], [-a for a in to_parties if a < 0]
    held = sum(atoms for kind, atoms in moved if kind in HELD_KINDS)
    posted = [(into.pk, each.account_id, each.side, each.amount_atoms) for each in entries]
    seen = hashlib.sha256(repr(posted).encode()).hexdigest()
    return Moves(sum(more), len(more), sum(less), len(less), held, seen)


def _post(period: Period, into: Period, run: AllocationRun, why: str) -> Journal | None:
    """Post the differences; none if every account gets what it has."""
    before, after = posted_credits(period), credits_of(books_of(run))
    targets = sorted(before.keys() | after.keys())
    deltas = {target: after.get(target, 0) - before.get(target, 0) for target in targets}
    changed = {target: atoms for target, atoms in deltas.items() if atoms}
    if not changed:
        return None
    _refuse_released(period, changed)
    late_atoms = sum(changed.values())  # revenue of the period that was reported after its close
    if late_atoms:
        changed[AccountKind.PLATFORM_RECEIVABLE.value, ""] = -late_atoms
    return ledger.post(
        Draft(
            key=f"run:{run.pk}:restatement",
            kind=JournalKind.RESTATEMENT,
            period=into,
            posted_on=into.last_day,
            legs=credit_legs(into.contract, changed),
            memo=f"restates {period}, {why}",
            corrects=allocation_journal(period),
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
