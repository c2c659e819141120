"""Invoices, credit notes and self-billing invoices as PDF: one calm A4 page.

Owns the layout and the wording of what an invoice must say by Article 226 of Directive 2006/112/EC:
number and day, both parties with address and VAT number, what was supplied, net, rate and amount of
the tax (or why there is none), gross. Amounts are given; a document that does not add up is
refused. The bytes depend on the document alone: bundled fonts, no clock, no network.
"""

import json
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any, Literal

import typst

from royalty.documents.amounts import Scale, decimals_for, format_amount, percent
from royalty.documents.text import printable

_TEMPLATE = files(__package__) / "invoice.typ"
_MISSING_GLYPH = "could not be displayed"
_PPM = 1_000_000
_SENTENCE_LENGTH = 400


class InvoiceError(ValueError):
    """An invoice that does not add up."""


@dataclass(frozen=True)
class InvoiceParty:
    """Who supplies or receives, as the invoice names it."""

    name: str
    address: tuple[str, ...]  # lines
    vat_number: str


@dataclass(frozen=True)
class Payment:
    """Where and until when an invoice is paid, and the reference that finds it."""

    account_name: str
    iban: str
    bic: str
    reference: str
    due_on: date


@dataclass(frozen=True)
class InvoiceDocument:
    """All that is printed. Lines sum to the net; net and VAT come to the gross.

    `is_owed_to_customer`: a credit note or a cancellation, whose amounts the customer is owed.
    """

    title: str
    number: str
    issued_on: date
    supplier: InvoiceParty
    customer: InvoiceParty
    facts: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, int], ...]  # text and atoms
    scale: Scale
    net_atoms: int
    vat_ppm: int
    vat_atoms: int
    gross_atoms: int
    notes: tuple[str, ...]
    payment: Payment | None

    def __post_init__(self) -> None:
        lines_atoms = sum(atoms for _, atoms in self.lines)
        if lines_atoms != self.net_atoms or self.net_atoms + self.vat_atoms != self.gross_atoms:
            raise InvoiceError(
                f"{self.number} does not add up: lines of {lines_atoms} atoms, net "
                f"{self.net_atoms}, VAT {self.vat_atoms}, gross {self.gross_atoms}."
            )


def invoice_pdf(document: InvoiceDocument) -> bytes:
    """A tagged PDF/UA-1; the same document gives the same bytes.

    A name in a script that the bundled fonts lack cannot meet PDF/UA, which wants every character
    visible: such an invoice is tagged all the same and drops the claim.
    """
    try:
        return _compile(document, "ua-1")
    except typst.TypstError as error:
        if _MISSING_GLYPH not in str(error):
            raise
    return _compile(document, None)


def _compile(document: InvoiceDocument, standard: Literal["ua-1"] | None) -> bytes:
    pdf: bytes = typst.compile(
        _TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"invoice": json.dumps(_view(document))},
        ignore_system_fonts=True,
        pdf_standards=standard,
    )
    return pdf


def _view(document: InvoiceDocument) -> dict[str, Any]:
    """Finished strings for the template, which places them."""
    scale, day = document.scale, document.issued_on
    decimals = decimals_for((atoms for _, atoms in document.lines), scale)
    payment = document.payment
    return {
        "title": printable(document.title),
        "number": printable(document.number),
        "date": [day.year, day.month, day.day],
        "issued_on": day.isoformat(),
        "supplier": _party(document.supplier),
        "customer": _party(document.customer),
        "facts": [[printable(name), printable(value)] for name, value in document.facts],
        "lines": [
            [printable(text), format_amount(atoms, scale, decimals)]
            for text, atoms in document.lines
        ],
        "net": format_amount(document.net_atoms, scale),
        "vat_label": f"VAT, {percent(document.vat_ppm, _PPM, 2)}" if document.vat_ppm else "VAT",
        "vat": format_amount(document.vat_atoms, scale),
        "gross": format_amount(document.gross_atoms, scale),
        "currency": scale.currency,
        "notes": [printable(note, _SENTENCE_LENGTH) for note in document.notes],
        "payment": [] if payment is None else _payment(payment),
    }


def _party(party: InvoiceParty) -> dict[str, Any]:
    return {
        "name": printable(party.name),
        "address": [printable(line) for line in party.address if line.strip()],
        "vat_number": printable(party.vat_number),
    }


def _payment(payment: Payment) -> list[list[str]]:
    pairs = (
        ("Account of", payment.account_name),
        ("IBAN", _grouped(payment.iban)),
        ("BIC", payment.bic),
        ("Reference", _grouped(payment.reference)),
        ("Due on", payment.due_on.isoformat()),
    )
    return [[name, printable(value)] for name, value in pairs if value]


def _grouped(text: str) -> str:
    """In groups of four, as IBANs and creditor references are printed (ISO 13616, ISO 11649)."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
