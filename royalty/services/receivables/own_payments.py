"""What a bank statement says of the house's own payments, by the id that travelled with them.

A debit with a payout's id says that it was paid, a credit with one that it came back. What does not
fit (another amount, a batch that was not sent, a fate that is known) is told and changes nothing:
the file is about receipts, and payouts have reports of their own.
"""

from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from royalty.documents.camt import BankEntry, Transaction
from royalty.documents.pain import Fate, PaymentStatus, StatusReport
from royalty.models import Payout, PayoutBatch
from royalty.selectors.payable import periods_on
from royalty.services.ledger import LedgerError
from royalty.services.payouts import PayoutError, apply_report, return_payout

KNOWN_TO_BANKS = (PayoutBatch.Status.SENT, PayoutBatch.Status.SETTLED)


class Followed(NamedTuple):
    """What came of an entry about a payment of the house's own: a sentence, and if it is booked."""

    sentence: str
    is_booked: bool


def payout_of(end_to_end_id: str) -> Payout | None:
    """The payout that an id names."""
    last = end_to_end_id.rpartition("-")[2]
    if not (last.isascii() and last.isdigit()) or len(last) > 18:
        return None
    found = Payout.objects.select_related("batch", "party").filter(pk=int(last)).first()
    return found if found is not None and found.end_to_end_id == end_to_end_id else None


def follow_payment(entry: BankEntry, told: Transaction, user: User) -> Followed:
    """Do what an entry says of one of our own payments."""
    payout = payout_of(told.end_to_end_id)
    if payout is None:
        words = _("%(amount)s %(currency)s on %(day)s is no payout.")
        amount = f"{told.amount:f}"
        return Followed(
            words % {"amount": amount, "currency": entry.currency, "day": entry.booked_on}, False
        )
    money = payout.batch.money
    paid = f"{told.amount.normalize():f}"
    if entry.currency != money.code or money.parse_atoms(paid) != payout.payable_atoms:
        words = _("%(payout)s is of another amount than the bank's %(paid)s %(currency)s.")
        return Followed(words % {"payout": payout, "paid": paid, "currency": entry.currency}, False)
    if payout.batch.status not in KNOWN_TO_BANKS:
        words = _("%(payout)s: %(batch)s was not marked as sent, so nothing was noted.")
        return Followed(words % {"payout": payout, "batch": payout.batch}, False)
    try:
        with transaction.atomic():
            return _apply(payout, entry, told, user)
    except (PayoutError, LedgerError) as error:
        return Followed(str(error), False)


def _apply(payout: Payout, entry: BankEntry, told: Transaction, user: User) -> Followed:
    day = _day(payout, entry.booked_on)
    if entry.is_credit:
        reason = told.returned_because or "The bank gave no reason."
        return_payout(payout=payout, reason=reason, user=user, day=day)
        words = _("%(payout)s came back: %(reason)s")
        return Followed(words % {"payout": payout, "reason": reason}, True)
    if payout.status != Payout.Status.PENDING:
        words = _("%(payout)s is %(status)s already.")
        return Followed(words % {"payout": payout, "status": _(payout.status)}, False)
    status = PaymentStatus(payout.end_to_end_id, Fate.PAID, "")
    report = StatusReport(payout.batch.message_id, None, (status,))
    apply_report(batch=payout.batch, report=report, user=user, day=day)
    return Followed(_("%(payout)s was paid.") % {"payout": payout}, True)


def _day(payout: Payout, booked_on: date) -> date:
    """The day of the journals: when the bank booked, or where that is closed the next open day."""
    contracts = set(payout.parts.values_list("contract_id", flat=True))
    if contracts <= periods_on(payout.batch.currency, booked_on).keys():
        return booked_on
    starts = [
        period.starts_on
        for part in payout.parts.select_related("contract")
        for period in part.contract.periods.exclude(status="closed").filter(ends_on__gt=booked_on)
    ]
    return max(booked_on, min(starts, default=booked_on))
