"""Approving and discarding drafts. Approval is where the books are posted, all or nothing.

Locks are taken in one order: the batch, the contracts, their open periods. Whoever approves another
batch of the same contracts, restates or closes one of their periods waits, and sees the result.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from royalty.models import Contract, Payout, PayoutBatch, Period
from royalty.selectors.payable import periods_on
from royalty.services.payouts.drafting import refuse_stale
from royalty.services.payouts.errors import PayoutError
from royalty.services.payouts.journals import Booking, post_payout
from royalty.services.self_billing import issue_self_billed

Status = PayoutBatch.Status


@transaction.atomic
def approve_batch(*, batch: PayoutBatch, user: User, as_of: datetime) -> PayoutBatch:
    """A second person approves a draft: what it pays leaves the payees' accounts.

    Raises:
        PayoutError: no draft, drafted by the same person, or the books, terms or bank details
            would give another batch now.
        LedgerError: the books refuse it, as when a period was closed since.
    """
    locked = locked_batch(batch, {Status.DRAFT}, "approved")
    if locked.made_by_id == user.pk:
        raise PayoutError(f"{user} drafted {locked}; a second person approves it.")
    _lock_books(locked)
    refuse_stale(locked)
    periods = periods_on(locked.currency, locked.posted_on)
    payouts = list(locked.payouts.select_related("party", "batch").order_by("pk"))
    for payout in payouts:
        post_payout(Booking(payout, periods, locked.posted_on, user))
        issue_self_billed(payout=payout, user=user)
    locked.approved_by, locked.approved_at = user, as_of
    locked.status = Status.APPROVED
    locked.save(update_fields=["status", "approved_by", "approved_at"])
    if all(payout.status == Payout.Status.OFFSET for payout in payouts):
        locked.status = Status.SETTLED  # no bank has anything to do
        locked.save(update_fields=["status"])
    return locked


@transaction.atomic
def discard_batch(*, batch: PayoutBatch) -> PayoutBatch:
    """Give a draft up; nothing was posted.

    Raises:
        PayoutError: it is no draft any more.
    """
    locked = locked_batch(batch, {Status.DRAFT}, "discarded")
    locked.status = Status.DISCARDED
    locked.save(update_fields=["status"])
    return locked


def locked_batch(batch: PayoutBatch, allowed: Iterable[str], done: str) -> PayoutBatch:
    """The batch's row, locked, if its status allows what is to be done.

    Raises:
        PayoutError: it does not.
    """
    locked = PayoutBatch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    if locked.status not in allowed:
        words = " or ".join(sorted(str(status) for status in allowed))
        raise PayoutError(f"{locked} is {locked.status}; only one that is {words} can be {done}.")
    return locked


def _lock_books(batch: PayoutBatch) -> None:
    """Nobody else moves money under the batch's contracts until the end of the transaction.

    Advances may be recouped under any contract of the currency, so all of them are locked.
    """
    contracts = Contract.objects.filter(currency=batch.currency).order_by("pk")
    list(contracts.select_for_update(no_key=True).values_list("pk"))
    periods = Period.objects.filter(contract__currency=batch.currency).order_by("pk")
    unclosed = periods.exclude(status=Period.Status.CLOSED)
    list(unclosed.select_for_update(of=("self",), no_key=True).values_list("pk"))
