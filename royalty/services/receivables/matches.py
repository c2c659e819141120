"""Saying what became of a receipt: it pays invoices, is kept as a credit, or goes back.

Each match is a row and its journal. A receipt is booked on *unmatched receipts* of the contract
where it came in; a match takes it from there. If it is for another contract, the money moves from
one contract's bank to the other's, which is the same bank. Nothing is changed: a wrong match is
undone by mirror images of its journals.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from royalty.models import (
    AccountKind,
    Contract,
    Invoice,
    Journal,
    JournalKind,
    Match,
    Receipt,
    Side,
)
from royalty.selectors.receivables import (
    credit_atoms,
    effective,
    open_atoms,
    open_invoices,
    rest_atoms,
)
from royalty.services import ledger
from royalty.services.receivables.booking import lock_contracts, post, taking_period
from royalty.services.receivables.errors import ReceivableError
from royalty.services.telling import tell_invoice_settled

BY_HAND = gettext_noop("a person")
Use = Match.Use
# Where the money of a match goes.
GOES_TO = {
    Use.INVOICE: AccountKind.PLATFORM_RECEIVABLE,
    Use.CREDIT: AccountKind.PLATFORM_CREDIT,
    Use.RETURNED: AccountKind.BANK,
}


@dataclass(frozen=True)
class By:
    """Who matches, on which day it counts in the books, and by what they were found."""

    user: User
    day: date
    found_by: str = BY_HAND


@transaction.atomic
def match_receipt(
    *, receipt: Receipt, invoice: Invoice, by: By, amount_atoms: int | None = None
) -> Match:
    """Pay an invoice from a receipt: all that is left of it, as far as the invoice is open.

    Raises:
        ReceivableError: nothing is left or open, another currency, or more than there is.
        LedgerError: the books refuse it.
    """
    lock_contracts(receipt.currency)
    _refuse_strange(receipt, invoice)
    left, wanted = rest_atoms(receipt), open_atoms(invoice)
    atoms = min(left, wanted) if amount_atoms is None else amount_atoms
    if not 0 < atoms <= min(left, wanted):
        money = receipt.money
        raise ReceivableError(
            _(
                "Receipt %(receipt)s has %(left)s %(currency)s left and %(invoice)s is open for "
                "%(open)s %(currency)s; %(amount)s %(currency)s cannot be matched."
            )
            % {
                "receipt": receipt.pk,
                "invoice": invoice,
                "left": money.format_atoms(left),
                "open": money.format_atoms(wanted),
                "amount": money.format_atoms(atoms),
                "currency": money.code,
            }
        )
    return _match(Use.INVOICE, invoice.contract, atoms, by, receipt=receipt, invoice=invoice)


@transaction.atomic
def keep_as_credit(*, receipt: Receipt, contract: Contract, by: By) -> Match:
    """Keep what is left of a receipt as the platform's credit, which pays what it owes next.

    Raises:
        ReceivableError: nothing is left, or another currency.
        LedgerError: the books refuse it.
    """
    lock_contracts(receipt.currency)
    if contract.currency != receipt.currency:
        raise ReceivableError(
            _("Receipt %(receipt)s is in %(currency)s, %(contract)s is not.")
            % {"receipt": receipt.pk, "currency": receipt.currency, "contract": contract}
        )
    match = _match(Use.CREDIT, contract, _rest(receipt), by, receipt=receipt)
    use_credit(contract=contract, user=by.user, day=by.day)
    return match


@transaction.atomic
def send_back(*, receipt: Receipt, by: By) -> Match:
    """Note that what is left of a receipt was sent back through the bank.

    Raises:
        ReceivableError: nothing is left.
        LedgerError: the books refuse it.
    """
    lock_contracts(receipt.currency)
    return _match(Use.RETURNED, receipt.contract, _rest(receipt), by, receipt=receipt)


@transaction.atomic
def take_back(*, receipt: Receipt, taken: Receipt, by: By) -> Match:
    """The bank took a receipt back: what it had paid is open again.

    Args:
        taken: the bank's entry that says so.

    Raises:
        ReceivableError: the two do not fit each other, or it was explained already.
        LedgerError: the books refuse it.
    """
    lock_contracts(receipt.currency)
    fits = taken.is_taken_back and not receipt.is_taken_back
    if not fits or (taken.amount_atoms, taken.currency) != (receipt.amount_atoms, receipt.currency):
        raise ReceivableError(
            _(
                "Receipt %(taken)s does not take receipt %(receipt)s back: another amount or "
                "direction."
            )
            % {"taken": taken.pk, "receipt": receipt.pk}
        )
    if effective(Match.objects.filter(taken_back_by=taken)).exists():
        raise ReceivableError(
            _("What receipt %(taken)s took back is explained already.") % {"taken": taken.pk}
        )
    for match in effective(receipt.matches.all()).order_by("-pk"):
        if match.use == Use.RETURNED:
            raise ReceivableError(
                _("Receipt %(receipt)s went back already.") % {"receipt": receipt.pk}
            )
        undo_match(match=match, by=by)
    if taken.contract_id != receipt.contract_id:
        _shift(f"receipt:{taken.pk}:shift", taken, receipt.contract, by)
    return _write(
        Use.RETURNED, receipt.contract, receipt.amount_atoms, by, receipt=receipt, taken=taken
    )


@transaction.atomic
def undo_match(*, match: Match, by: By) -> Match:
    """Undo a match that was wrong; what it paid is open again, and the receipt unmatched.

    A credit that paid invoices since gives them up, the last first.

    Raises:
        ReceivableError: it was undone already, or the bank took the receipt back.
        LedgerError: the books refuse it.
    """
    lock_contracts(match.contract.currency)
    if not effective(Match.objects.filter(pk=match.pk)).exists():
        raise ReceivableError(_("Match %(match)s does not hold any more.") % {"match": match.pk})
    if match.taken_back_by_id is not None:
        raise ReceivableError(
            _("Match %(match)s: the bank took it back, which nobody undoes.") % {"match": match.pk}
        )
    if match.use == Use.CREDIT:
        _free_credit(match.contract, match.amount_atoms, by)
    undoing = Match.objects.create(
        use=match.use,
        contract=match.contract,
        receipt=match.receipt,
        invoice=match.invoice,
        amount_atoms=match.amount_atoms,
        found_by=by.found_by,
        undoes=match,
        matched_by=by.user,
        matched_on=by.day,
    )
    for journal in _journals(match):
        contract = journal.period.contract
        day = max(by.day, journal.posted_on)
        period = taking_period(contract, day)
        ledger.reverse(
            journal,
            key=f"{journal.idempotency_key}:undone",
            period=period,
            posted_on=max(day, period.starts_on),
            reason=f"undone, found wrong by {by.found_by}",
            posted_by=by.user,
        )
    return undoing


@transaction.atomic
def use_credit(*, contract: Contract, user: User, day: date) -> list[Match]:
    """Pay the contract's open invoices from the platform's credit, those due first first."""
    made = []
    for found in open_invoices(day, contract=contract):
        atoms = min(credit_atoms(contract), found.open_atoms)
        if atoms:
            by = By(user, day, gettext_noop("the platform's credit"))
            made.append(_match(Use.CREDIT_USED, contract, atoms, by, invoice=found.invoice))
    return made


def _match(
    use: Match.Use,
    contract: Contract,
    atoms: int,
    by: By,
    *,
    receipt: Receipt | None = None,
    invoice: Invoice | None = None,
) -> Match:
    """A match with its journals."""
    match = _write(use, contract, atoms, by, receipt=receipt, invoice=invoice)
    taken_from = AccountKind.UNMATCHED_RECEIPTS
    if receipt is None:
        taken_from = AccountKind.PLATFORM_CREDIT
    elif receipt.contract_id != contract.pk:
        legs = (
            (taken_from, Side.DEBIT, atoms),
            (AccountKind.BANK, Side.CREDIT, atoms),
        )
        _post(receipt.contract, f"match:{match.pk}:from", legs, match, by)
        taken_from = AccountKind.BANK
    goes_to = AccountKind.PLATFORM_RECEIVABLE if receipt is None else GOES_TO[use]
    legs = ((taken_from, Side.DEBIT, atoms), (goes_to, Side.CREDIT, atoms))
    _post(contract, f"match:{match.pk}", legs, match, by)
    if invoice is not None and open_atoms(invoice) == 0:
        tell_invoice_settled(invoice)
    return match


def _write(
    use: Match.Use,
    contract: Contract,
    atoms: int,
    by: By,
    *,
    receipt: Receipt | None = None,
    invoice: Invoice | None = None,
    taken: Receipt | None = None,
) -> Match:
    return Match.objects.create(
        use=use,
        contract=contract,
        receipt=receipt,
        invoice=invoice,
        taken_back_by=taken,
        amount_atoms=atoms,
        found_by=by.found_by,
        matched_by=by.user,
        matched_on=by.day,
    )


def _post(
    contract: Contract,
    key: str,
    legs: tuple[tuple[AccountKind, Side, int], ...],
    match: Match,
    by: By,
) -> None:
    post(
        contract,
        kind=JournalKind.RECEIPT,
        key=key,
        day=by.day,
        amounts=legs,
        memo=f"{match}, found by {by.found_by}",
        user=by.user,
    )


def _shift(key: str, taken: Receipt, to: Contract, by: By) -> None:
    """What the bank took is booked where the receipt was, and no longer where it was noted."""
    atoms, unmatched, bank = taken.amount_atoms, AccountKind.UNMATCHED_RECEIPTS, AccountKind.BANK
    sides = ((taken.contract, bank, unmatched, "from"), (to, unmatched, bank, "to"))
    for contract, debited, credited, end in sides:
        post(
            contract,
            kind=JournalKind.RECEIPT,
            key=f"{key}:{end}",
            day=by.day,
            amounts=((debited, Side.DEBIT, atoms), (credited, Side.CREDIT, atoms)),
            memo=f"{taken} took back what came in under {to}",
            user=by.user,
        )


def _free_credit(contract: Contract, needed_atoms: int, by: By) -> None:
    """Undo what the platform's credit paid, the last first, until enough of it is there."""
    used = effective(contract.matches.filter(use=Use.CREDIT_USED)).order_by("-pk")
    for match in used:
        if credit_atoms(contract) >= needed_atoms:
            return
        undo_match(match=match, by=by)


def _refuse_strange(receipt: Receipt, invoice: Invoice) -> None:
    if receipt.is_taken_back:
        raise ReceivableError(
            _("Receipt %(receipt)s is what the bank took back; it pays nothing.")
            % {"receipt": receipt.pk}
        )
    if invoice.is_credit_note:
        raise ReceivableError(
            _("%(invoice)s is a credit note; nobody pays it.") % {"invoice": invoice}
        )
    if invoice.contract.currency != receipt.currency:
        raise ReceivableError(
            _(
                "Receipt %(receipt)s is in %(currency)s and %(invoice)s in %(other)s; exchange is "
                "not booked here."
            )
            % {
                "receipt": receipt.pk,
                "currency": receipt.currency,
                "invoice": invoice,
                "other": invoice.contract.currency,
            }
        )


def _rest(receipt: Receipt) -> int:
    left = 0 if receipt.is_taken_back else rest_atoms(receipt)
    if left == 0:
        raise ReceivableError(
            _("Nothing of receipt %(receipt)s is unmatched.") % {"receipt": receipt.pk}
        )
    return left


def _journals(match: Match) -> QuerySet[Journal]:
    """The journals of a match, the last first."""
    keys = [f"match:{match.pk}", f"match:{match.pk}:from"]
    found = Journal.objects.filter(idempotency_key__in=keys)
    return found.select_related("period__contract").order_by("-created_at", "-pk")
