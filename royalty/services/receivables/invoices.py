"""Invoicing a contract: what its closed periods leave, as an invoice or a credit note."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

from accounts.models import User
from royalty.models import (
    AccountKind,
    BillingDetails,
    Contract,
    Invoice,
    JournalKind,
    PayingAccount,
    Side,
)
from royalty.selectors.payees import paying_account
from royalty.selectors.receivables import Due, billing_details, due, set_off_atoms
from royalty.services.numbering import next_number
from royalty.services.receivables.booking import Amount, post
from royalty.services.receivables.errors import ReceivableError
from royalty.services.receivables.matches import use_credit
from royalty.services.telling import tell_invoice_issued
from royalty.vat import Business, Vat, VatError, vat_atoms, vat_between

RECEIVABLE = AccountKind.PLATFORM_RECEIVABLE


@dataclass(frozen=True)
class _Frame:
    """Between whom an invoice is, where it is paid, and its VAT."""

    supplier: BillingDetails
    customer: BillingDetails
    account: PayingAccount
    vat: Vat


@transaction.atomic
def issue_invoice(*, contract: Contract, user: User, issued_on: date) -> Invoice:
    """Invoice what a contract's closed periods leave; a negative amount gives a credit note.

    What the platform keeps is set off in the books. A credit that the platform has is used at
    once: for this invoice, or a credit note for older ones.

    Raises:
        ReceivableError: no period was closed since the last invoice, less than the smallest coin
            is due, billing details or the account to pay to are missing, or no period is open.
        LedgerError: the books refuse it.
    """
    locked = (
        Contract.objects.select_for_update(of=("self",), no_key=True)
        .select_related("platform")
        .get(pk=contract.pk)
    )
    owed = due(locked)
    if owed is None:
        raise ReceivableError(
            _("No period of %(contract)s was closed since its last invoice.") % {"contract": locked}
        )
    if owed.net_atoms == 0:
        raise ReceivableError(
            _(
                "Less than the smallest coin is due under %(contract)s; it waits for the next "
                "invoice."
            )
            % {"contract": locked}
        )
    if issued_on < owed.through.ends_on:
        raise ReceivableError(
            _("%(period)s is not over on %(day)s; date the invoice on %(end)s or later.")
            % {"period": owed.through, "day": issued_on, "end": owed.through.ends_on}
        )
    invoice = _write(owed, _frame(locked), user, issued_on)
    _book(invoice, user)
    tell_invoice_issued(invoice)
    use_credit(contract=locked, user=user, day=issued_on)
    return invoice


def _frame(contract: Contract) -> _Frame:
    supplier, customer = billing_details(None), billing_details(contract.platform_id)
    account = paying_account(contract.currency)
    if supplier is None:
        raise ReceivableError(_("The house has no billing details; enter them without a platform."))
    if customer is None:
        raise ReceivableError(
            _("%(platform)s has no billing details; enter them.") % {"platform": contract.platform}
        )
    if account is None:
        raise ReceivableError(
            _("There is no account on which %(currency)s is paid; enter it.")
            % {"currency": contract.currency}
        )
    ours, theirs = (Business(each.country, each.vat_number) for each in (supplier, customer))
    try:
        vat = vat_between(ours, theirs, contract.vat_ppm)
    except VatError as error:
        raise ReceivableError(f"{contract}: {error}") from error
    return _Frame(supplier, customer, account, vat)


def _write(owed: Due, frame: _Frame, user: User, day: date) -> Invoice:
    contract = owed.contract
    series = Invoice.Series.INVOICE if owed.net_atoms > 0 else Invoice.Series.CREDIT_NOTE
    number = next_number(Invoice, series, day.year)
    net_atoms = abs(owed.net_atoms)
    tax_atoms = vat_atoms(net_atoms, frame.vat.rate_ppm, contract.money.atoms_per_minor)
    return Invoice.objects.create(
        series=series,
        year=day.year,
        number=number,
        reference=creditor_reference(f"{series}{day.year}{number:04d}"),
        contract=contract,
        through=owed.through,
        issued_on=day,
        due_on=day + timedelta(days=contract.payment_days),
        lines=[asdict(line) for line in owed.lines],
        net_atoms=net_atoms,
        vat_ppm=frame.vat.rate_ppm,
        vat_atoms=tax_atoms,
        gross_atoms=net_atoms + tax_atoms,
        vat_sentence=frame.vat.sentence,
        supplier=frame.supplier,
        customer=frame.customer,
        account=frame.account,
        issued_by=user,
    )


def creditor_reference(number: str) -> str:
    """A structured creditor reference by ISO 11649: RF, check digits (mod 97-10), the number."""
    check = mod_97_10.calc_check_digits(f"{number}RF")
    return str(iso11649.validate(f"RF{check}{number}"))


def _book(invoice: Invoice, user: User) -> None:
    """Set off what the platform keeps, and book the VAT; a credit note becomes its credit."""
    contract = invoice.contract
    kept = set_off_atoms(contract)
    together = sum(kept.values())
    amounts = [
        *(_signed(AccountKind(kind), -atoms) for kind, atoms in kept.items()),
        _signed(RECEIVABLE, together),
    ]
    if invoice.is_credit_note:
        amounts += [
            _signed(AccountKind.VAT_PAYABLE, -invoice.vat_atoms),
            _signed(RECEIVABLE, invoice.vat_atoms - invoice.gross_atoms),
            _signed(AccountKind.PLATFORM_CREDIT, invoice.gross_atoms),
        ]
    else:
        amounts += [
            _signed(RECEIVABLE, -invoice.vat_atoms),
            _signed(AccountKind.VAT_PAYABLE, invoice.vat_atoms),
        ]
    post(
        contract,
        kind=JournalKind.INVOICE,
        key=f"invoice:{invoice.pk}",
        day=invoice.issued_on,
        amounts=tuple(amounts),
        memo=f"{invoice} through {invoice.through}",
        user=user,
    )


def _signed(kind: AccountKind, credit_atoms: int) -> Amount:
    """A credit of a positive amount, a debit of a negative one."""
    return (kind, Side.CREDIT if credit_atoms > 0 else Side.DEBIT, abs(credit_atoms))
