"""A reminder of invoices that are late, as text. Layout only; amounts are given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from royalty.documents.amounts import Scale, format_amount
from royalty.documents.text import one_line


@dataclass(frozen=True)
class LateInvoice:
    """An invoice with what is open of it, in atoms, and since when."""

    number: str
    due_on: date
    days_late: int
    open_atoms: int
    reference: str
    iban: str


def reminder_text(
    customer: str, late: Sequence[LateInvoice], scale: Scale, written_on: date
) -> bytes:
    """For a customer with at least one late invoice in a currency, the oldest first."""
    total = sum(each.open_atoms for each in late)
    rows = [
        f"  {each.number:<16} due {each.due_on}  {each.days_late:>4} days late  "
        f"{format_amount(each.open_atoms, scale):>16}  {each.reference}"
        for each in late
    ]
    accounts = sorted({each.iban for each in late})
    return "\n".join(
        [
            f"Reminder of {written_on}",
            one_line(customer),
            "",
            f"These invoices are open, in {scale.currency}:",
            *rows,
            f"  {'Together':<46}{format_amount(total, scale):>16}",
            "",
            f"Please pay to {' or '.join(accounts)} and name the reference beside each invoice.",
            "",
        ]
    ).encode()
