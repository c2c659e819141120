"""Between the house and the bank: the file that goes out, and what comes of each payment.

A batch's file is a pure function of its rows. Exporting it again gives the same bytes, so whoever
was interrupted between writing the file and noting it exports again; the bank refuses a message id
that it knows.
"""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet, Sum

from accounts.models import User
from common.hashing import sha256_bytes
from common.storage import put
from royalty.documents.pain import (
    CreditTransfer,
    Fate,
    PaymentStatus,
    StatusReport,
    Transfer,
    credit_transfer_xml,
)
from royalty.models import AccountKind, Entry, Payout, PayoutBatch, Side
from royalty.selectors.payable import periods_on
from royalty.services.news import tell_returned, tell_sent
from royalty.services.payouts.approval import locked_batch
from royalty.services.payouts.errors import PayoutError
from royalty.services.payouts.journals import Booking, part_key, post_payment, post_return
from royalty.services.self_billing import cancel_self_billed

Status = PayoutBatch.Status
REASON_LENGTH = 300


@transaction.atomic
def export_batch(*, batch: PayoutBatch) -> bytes:
    """The batch's pain.001.001.09 file, kept in the storage; the same bytes every time.

    Raises:
        PayoutError: it is not approved, has no payment, does not agree with the books, or would
            differ from the file that was exported before.
    """
    allowed = {Status.APPROVED, Status.EXPORTED, Status.SENT, Status.SETTLED}
    locked = locked_batch(batch, allowed, "exported")
    order = credit_transfer(locked)
    _compare_with_books(locked, order)
    content = credit_transfer_xml(order)
    sha256 = sha256_bytes(content)
    if locked.file_sha256 and locked.file_sha256 != sha256:
        raise PayoutError(
            f"The file of {locked} would differ from the one that was exported, because the "
            "program changed; send that one, or ask the bank what it has."
        )
    name = f"payouts/{locked.message_id}.xml"
    put(name, content)
    if locked.status == Status.APPROVED:
        locked.status, locked.file_name, locked.file_sha256 = Status.EXPORTED, name, sha256
        locked.save(update_fields=["status", "file_name", "file_sha256"])
    return content


def credit_transfer(batch: PayoutBatch) -> CreditTransfer:
    """A batch in the words of payment files.

    Raises:
        PayoutError: it is not approved, or has no payment.
    """
    payouts = (
        batch.payouts.exclude(status=Payout.Status.OFFSET)
        .select_related("party", "bank_details", "batch")
        .order_by("pk")
    )
    transfers = tuple(_transfer(payout) for payout in payouts)
    if not transfers or batch.approved_at is None:
        raise PayoutError(f"{batch} has no payment to order: advances took everything.")
    return CreditTransfer(
        message_id=batch.message_id,
        created_at=batch.approved_at,
        execution_date=batch.execution_date,
        debtor=batch.paying_account.account,
        currency=batch.currency,
        minor_decimals=batch.money.decimals,
        transfers=transfers,
    )


def _transfer(payout: Payout) -> Transfer:
    if payout.bank_details is None:  # the database refuses it as well
        raise PayoutError(f"{payout} has no bank details.")
    return Transfer(
        end_to_end_id=payout.end_to_end_id,
        amount_minor=payout.payable_atoms // payout.batch.money.atoms_per_minor,
        creditor=payout.bank_details.account,
        remittance=f"Royalties {payout.batch.posted_on:%Y-%m-%d} {payout.end_to_end_id}",
    )


def _compare_with_books(batch: PayoutBatch, order: CreditTransfer) -> None:
    """Number and sum of the payments are those that the books have put on their way."""
    payouts = batch.payouts.prefetch_related("parts")
    keys = {part_key(part): payout.pk for payout in payouts for part in payout.parts.all()}
    booked = Entry.objects.filter(
        journal__idempotency_key__in=keys,
        account__kind=AccountKind.PAYOUT_CLEARING,
        side=Side.CREDIT,
    )
    atoms = booked.aggregate(total=Sum("amount_atoms", default=0))["total"]
    paying = {keys[key] for key in booked.values_list("journal__idempotency_key", flat=True)}
    ordered_atoms = order.total_minor * batch.money.atoms_per_minor
    if atoms != ordered_atoms or len(paying) != len(order.transfers):
        raise PayoutError(
            f"{batch} orders {len(order.transfers)} payments of {ordered_atoms} atoms, but the "
            f"books have {len(paying)} of {atoms}; run verify_ledger and pay nothing."
        )


@transaction.atomic
def mark_sent(*, batch: PayoutBatch, user: User, as_of: datetime) -> PayoutBatch:
    """Somebody gave the file to the bank.

    Raises:
        PayoutError: it was not exported, or nobody but the sender has looked at it.
    """
    locked = locked_batch(batch, {Status.EXPORTED}, "sent")
    if locked.made_by_id is None and locked.approved_by_id == user.pk:
        raise PayoutError(
            f"{user} approved {locked}, which the calendar drafted; a second person sends it."
        )
    locked.status, locked.sent_by, locked.sent_at = Status.SENT, user, as_of
    locked.save(update_fields=["status", "sent_by", "sent_at"])
    tell_sent(locked)
    return locked


@transaction.atomic
def settle_batch(*, batch: PayoutBatch, user: User, day: date) -> int:
    """The bank statement shows all payments that nothing was heard of: they are paid.

    Returns how many that were.

    Raises:
        PayoutError: it was not sent, or a contract has no open period on the day.
        LedgerError: the books refuse it.
    """
    locked = locked_batch(batch, {Status.SENT, Status.SETTLED}, "settled")
    pending = list(_payouts(locked).filter(status=Payout.Status.PENDING))
    for payout in pending:
        _pay(payout, user, day)
    _finish(locked)
    return len(pending)


@transaction.atomic
def apply_report(
    *, batch: PayoutBatch, report: StatusReport, user: User, day: date
) -> list[Payout]:
    """Do what the bank's status report says; the same report again changes nothing.

    Returns the payouts that changed.

    Raises:
        PayoutError: the report is about another batch or an unknown payment, contradicts what is
            known, or a contract has no open period on the day. Nothing is changed then.
        LedgerError: the books refuse it.
    """
    if report.original_message_id != batch.message_id:
        raise PayoutError(
            f"The report is about {report.original_message_id}, not about {batch.message_id}."
        )
    locked = locked_batch(batch, {Status.SENT, Status.SETTLED}, "settled")
    payments = {payout.end_to_end_id: payout for payout in _payouts(locked)}
    changed = [
        payments[status.end_to_end_id]
        for status in _statuses(report, payments)
        if _apply(payments[status.end_to_end_id], status, user, day)
    ]
    _finish(locked)
    return changed


@transaction.atomic
def return_payout(*, payout: Payout, reason: str, user: User, day: date) -> Payout:
    """A payment came back: everything that was posted for it is undone, and it can be paid anew.

    Raises:
        PayoutError: nothing was sent, it came back already, no reason is given, or a contract has
            no open period on the day.
        LedgerError: the books refuse it.
    """
    if not reason.strip():
        raise PayoutError(f"Say why {payout} came back.")
    batch = locked_batch(payout.batch, {Status.SENT, Status.SETTLED}, "returned")
    found = _payouts(batch).get(pk=payout.pk)
    if found.status not in {Payout.Status.PENDING, Payout.Status.PAID}:
        raise PayoutError(f"{found} is {found.get_status_display()}; it cannot come back.")
    _return(found, reason, user, day)
    _finish(batch)
    return found


def _statuses(report: StatusReport, known: Collection[str]) -> list[PaymentStatus]:
    """What the report says of each payment; of all of them where it speaks of the whole order."""
    strange = [each.end_to_end_id for each in report.payments if each.end_to_end_id not in known]
    if strange:
        raise PayoutError(f"The report names {strange[0]}, which is no payment of the batch.")
    said = {each.end_to_end_id: each for each in report.payments}
    if len(said) != len(report.payments):
        raise PayoutError("The report names a payment twice; ask the bank which status holds.")
    group = report.group
    if group is not None:
        rest = [PaymentStatus(name, group.fate, group.reason) for name in known if name not in said]
        return [*report.payments, *rest]
    return list(report.payments)


def _apply(payout: Payout, status: PaymentStatus, user: User, day: date) -> bool:
    """Whether the status was news."""
    if status.fate is Fate.UNDER_WAY or status.fate.value == payout.status:
        return False
    if status.fate is Fate.PAID and payout.status == Payout.Status.RETURNED:
        raise PayoutError(
            f"{payout} is reported as paid, but came back on {payout.settled_on} "
            f"({payout.return_reason}); ask the bank."
        )
    if status.fate is Fate.PAID:
        _pay(payout, user, day)
    else:
        _return(payout, status.reason or "The bank gave no reason.", user, day)
    return True


def _pay(payout: Payout, user: User, day: date) -> None:
    post_payment(Booking(payout, periods_on(payout.batch.currency, day), day, user))
    payout.status, payout.settled_on = Payout.Status.PAID, day
    payout.save(update_fields=["status", "settled_on"])


def _return(payout: Payout, reason: str, user: User, day: date) -> None:
    said = reason.strip()[:REASON_LENGTH]
    post_return(Booking(payout, periods_on(payout.batch.currency, day), day, user), said)
    cancel_self_billed(payout=payout, user=user, day=day)
    payout.status, payout.settled_on, payout.return_reason = Payout.Status.RETURNED, day, said
    payout.save(update_fields=["status", "settled_on", "return_reason"])
    tell_returned(payout)


def _payouts(batch: PayoutBatch) -> QuerySet[Payout]:
    """The batch's payments, without those that were settled without one."""
    found = batch.payouts.exclude(status=Payout.Status.OFFSET)
    return found.select_related("party", "batch").order_by("pk")


def _finish(batch: PayoutBatch) -> None:
    """A batch is settled once the fate of every payment is known."""
    pending = batch.payouts.filter(status=Payout.Status.PENDING).exists()
    if batch.status == Status.SENT and not pending:
        batch.status = Status.SETTLED
        batch.save(update_fields=["status"])
