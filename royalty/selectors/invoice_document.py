"""Invoices as they are printed: to platforms, and to the house in a payee's name."""

from royalty.documents import Scale
from royalty.documents.invoice import InvoiceDocument, InvoiceParty, Payment
from royalty.models import BankDetails, BillingDetails, Invoice, SelfBilledInvoice

SELF_BILLED = (
    "Self-billing: the recipient wrote this invoice in the supplier's name (Article 224 of "
)


def invoice_document(invoice: Invoice) -> InvoiceDocument:
    """An invoice to a platform, or a credit note."""
    contract, money = invoice.contract, invoice.money
    sign = -1 if invoice.is_credit_note else 1
    lines = tuple((line["text"], sign * line["atoms"]) for line in invoice.lines)
    credited = "The amount is credited, and used for what is owed under the contract."
    return InvoiceDocument(
        title=invoice.Series(invoice.series).label.capitalize(),
        number=invoice.label,
        issued_on=invoice.issued_on,
        supplier=_party(invoice.supplier),
        customer=_party(invoice.customer),
        facts=(
            ("Contract", f"{contract.code}, {contract.name}"),
            ("Music used until", invoice.through.last_day.isoformat()),
        ),
        lines=lines,
        scale=Scale(money.code, money.decimals, money.atoms_per_minor),
        net_atoms=invoice.net_atoms,
        vat_ppm=invoice.vat_ppm,
        vat_atoms=invoice.vat_atoms,
        gross_atoms=invoice.gross_atoms,
        notes=_notes(invoice.vat_sentence, credited if invoice.is_credit_note else ""),
        payment=None if invoice.is_credit_note else _payment(invoice),
    )


def self_billed_document(invoice: SelfBilledInvoice) -> InvoiceDocument:
    """The invoice that a payee is taken to have written for a payout, or its cancellation."""
    payout, agreement, money = invoice.payout, invoice.agreement, invoice.money
    lines = tuple(
        (
            f"Royalties under {part.contract.code}",
            part.payable_atoms - part.vat_atoms + part.withholding_atoms,
        )
        for part in payout.parts.select_related("contract").order_by("contract__code")
        if part.payable_atoms
    )
    cancels = f"It cancels {invoice.cancels}." if invoice.cancels else ""
    return InvoiceDocument(
        title=invoice.Series(invoice.series).label.capitalize(),
        number=invoice.label,
        issued_on=invoice.issued_on,
        supplier=_payee(payout.bank_details, payout.party.name, agreement.vat_number),
        customer=_party(invoice.customer),
        facts=(("Payment", payout.end_to_end_id),),
        lines=lines,
        scale=Scale(money.code, money.decimals, money.atoms_per_minor),
        net_atoms=invoice.net_atoms,
        vat_ppm=invoice.vat_ppm,
        vat_atoms=invoice.vat_atoms,
        gross_atoms=invoice.gross_atoms,
        notes=_notes(f"{SELF_BILLED}Directive 2006/112/EC).", invoice.vat_sentence, cancels),
        payment=None,
    )


def _party(details: BillingDetails) -> InvoiceParty:
    return InvoiceParty(details.name, _address(details), details.vat_number)


def _payee(details: BankDetails | None, name: str, vat_number: str) -> InvoiceParty:
    """A payee, with the address to which it was paid."""
    return InvoiceParty(name, () if details is None else _address(details), vat_number)


def _address(row: BillingDetails | BankDetails) -> tuple[str, ...]:
    street = f"{row.street} {row.building}".strip()
    return (street, f"{row.postcode} {row.town}".strip(), row.country)


def _payment(invoice: Invoice) -> Payment:
    account = invoice.account
    return Payment(account.name, account.iban, account.bic, invoice.reference, invoice.due_on)


def _notes(*sentences: str) -> tuple[str, ...]:
    return tuple(sentence for sentence in sentences if sentence)
