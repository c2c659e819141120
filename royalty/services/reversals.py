"""Undoing a journal that a person had posted, by its mirror image; the original stays.

What follows from a run is not undone by hand, since the books would then no longer say what their
snapshot says: the period is apportioned again, and the difference posted.
"""

from datetime import date

from django.db import transaction

from accounts.models import User
from royalty.models import AccountKind, Journal, JournalKind, Side
from royalty.selectors.ledger import balance
from royalty.services import ledger
from royalty.services.by_hand import ByHandError, checked_reason, open_days

REVERSIBLE = frozenset({JournalKind.RELEASE, JournalKind.ADVANCE})
OF_A_RUN = (
    "follows from what was reported and attributed in its period. Mend that, and post the "
    "difference with manage.py period restate."
)
INSTEAD = {
    JournalKind.REVENUE: OF_A_RUN,
    JournalKind.ALLOCATION: OF_A_RUN,
    JournalKind.RESTATEMENT: OF_A_RUN,
    JournalKind.REVERSAL: "is a reversal itself. Have what it undid posted anew.",
    JournalKind.PAYOUT: "belongs to a batch of payouts. Return the payment with manage.py payouts.",
    JournalKind.INVOICE: "belongs to an invoice. What lowers it is credited by the next one.",
    JournalKind.RECEIPT: "tells what came in. Undo the match with manage.py receipts unmatch.",
    JournalKind.PAYMENT: "tells what the bank did. Return the payment with manage.py payouts.",
}


@transaction.atomic
def reverse_journal(*, journal: Journal, reason: str, user: User, as_of: date) -> Journal:
    """Post the mirror image of a journal, in its own period or once that is closed in an open one.

    Of two people who do it at once, one wins and the other is told.

    Raises:
        ByHandError: no reason, a journal that is reversed already or that is not undone this way,
            or no open period.
        LedgerError: the books refuse it.
    """
    told = checked_reason(reason)
    kind = JournalKind(journal.kind)
    if kind not in REVERSIBLE:
        raise ByHandError(f"{journal} {INSTEAD[kind]}")
    period, day = open_days(journal.period, as_of)
    done = Journal.objects.filter(reverses=journal).first()
    if done is not None:
        raise ByHandError(f"{journal} was reversed on {done.posted_on} by {done}.")
    _refuse_recouped(journal)
    return ledger.reverse(
        journal,
        key=f"reversal:{journal.pk}",
        period=period,
        posted_on=max(day, journal.posted_on),
        reason=told,
        posted_by=user,
    )


def _refuse_recouped(journal: Journal) -> None:
    """An advance is taken back as long as nothing of it was recouped."""
    advanced = journal.entries.filter(account__kind=AccountKind.PARTY_ADVANCE, side=Side.DEBIT)
    for entry in advanced.select_related("account__contract", "account__party"):
        left_atoms = balance(entry.account)
        if left_atoms < entry.amount_atoms:
            raise ByHandError(
                f"{journal} advanced {entry.amount_atoms} atoms of which only {left_atoms} are not "
                "recouped yet; return the payment that recouped it first."
            )
