"""What a receipt is for, found without a person.

In this order: the creditor references that it names (ISO 11649), the invoice numbers in its text,
the one open invoice of exactly its amount that was sent to whoever paid. Whatever is not certain is
left to a person.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop

from royalty.models import Invoice, Receipt
from royalty.selectors.receivables import open_invoices

_REFERENCE = re.compile(r"(?=(RF\d{2}[A-Z0-9]{1,21}))", re.ASCII)  # also one within another
_NUMBER = re.compile(r"(?<![A-Z0-9])INV[^A-Z0-9]*(\d{4})[^A-Z0-9]*(\d{4,9})(?!\d)", re.ASCII)


@dataclass(frozen=True)
class Found:
    """The invoices that a receipt is for, those due first first, and by what they were found."""

    invoices: tuple[Invoice, ...]
    found_by: str


def find_invoices(receipt: Receipt, references: Iterable[str], as_of: date) -> Found | None:
    """What a receipt is for; none where that is not certain."""
    text = receipt.remittance.upper()
    named = {"".join(each.split()).upper() for each in references}
    named.update(_REFERENCE.findall("".join(sign for sign in text if sign.isalnum())))
    numbers = {(int(year), int(number)) for year, number in _NUMBER.findall(text)}
    invoices = Invoice.objects.filter(
        series=Invoice.Series.INVOICE, contract__currency=receipt.currency
    ).select_related("contract")
    by_reference = list(invoices.filter(reference__in=_beginnings(named)))
    if by_reference:
        return Found(_ordered(by_reference), gettext_noop("creditor reference"))
    years = {year for year, _ in numbers}
    by_number = [
        each for each in invoices.filter(year__in=years) if (each.year, each.number) in numbers
    ]
    if by_number:
        return Found(_ordered(by_number), gettext_noop("invoice number"))
    same = [
        found.invoice
        for found in open_invoices(as_of, contract__currency=receipt.currency)
        if found.open_atoms == receipt.amount_atoms and _is_payer(receipt, found.invoice)
    ]
    return Found(tuple(same), gettext_noop("amount and payer")) if len(same) == 1 else None


def _beginnings(texts: Iterable[str]) -> set[str]:
    """Texts and what they begin with: in a remittance text more may follow a reference."""
    return {text[:length] for text in texts for length in range(5, len(text) + 1)}


def _ordered(invoices: list[Invoice]) -> tuple[Invoice, ...]:
    return tuple(sorted(invoices, key=lambda each: (each.due_on, each.pk)))


def _is_payer(receipt: Receipt, invoice: Invoice) -> bool:
    """The receipt came from the account, or from somebody of the name, that the invoice went to."""
    customer = invoice.customer
    if customer.iban and receipt.payer_iban:
        return customer.iban == receipt.payer_iban
    return bool(receipt.payer_name) and _plain(receipt.payer_name) == _plain(customer.name)


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())
