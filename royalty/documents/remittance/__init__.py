"""What a payee is told about a payment, and what a year of payments came to.

The advice names every step from the balance to the payment, contract by contract, as text for
people and as CSV for their systems. The year's summary is one row a payee and currency. Layout
only: amounts are given, and an advice whose lines do not lead to its payment is refused.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from royalty.documents.amounts import Scale, exact_amount, exact_share, format_amount, percent
from royalty.documents.csv.cells import defused
from royalty.documents.text import one_line

_PPM, _PPM_DECIMALS = 1_000_000, 6
_LABEL_WIDTH, _AMOUNT_WIDTH = 46, 18
LABELS = {
    "gross": "Balance, in whole units",
    "fee": "Fee for administration",
    "reserve": "Kept in reserve",
    "release": "Reserve that is due",
    "recoupment": "Recouped advance",
    "withholding": "Tax withheld",
    "vat": "VAT",
}
ADVICE_COLUMNS = (
    *("payment_id", "payee_ref", "payee", "posted_on", "execution_date", "status"),
    *("contract", "rule", "base", "rate", "amount", "advance_of", "currency"),
)
SUMMARY_COLUMNS = (
    *("year", "payee_ref", "payee", "currency", "payments", "gross", "reserve_released", "fees"),
    *("reserve_kept", "recouped", "withheld", "vat", "paid", "withholding_documents"),
)


class AdviceError(ValueError):
    """An advice whose lines do not lead to its payment."""


@dataclass(frozen=True)
class AdviceLine:
    """One step: what was added to (or, negative, taken from) what is paid, and by which rule."""

    contract: str
    rule: str
    base_atoms: int
    rate_ppm: int | None
    atoms: int
    advance_of: str = ""  # the contract whose advance was recouped


@dataclass(frozen=True)
class Advice:
    """All that a payee is told. Raises AdviceError unless the lines sum to the payment."""

    payment_id: str
    payee: str
    payee_ref: str
    account: str  # masked
    posted_on: date
    execution_date: date
    status: str
    scale: Scale
    lines: tuple[AdviceLine, ...]
    paid_atoms: int
    document: str  # by which less tax was withheld

    def __post_init__(self) -> None:
        total = sum(line.atoms for line in self.lines)
        if total != self.paid_atoms:
            raise AdviceError(
                f"The lines of {self.payment_id} come to {total} atoms, its payment is "
                f"{self.paid_atoms}."
            )


@dataclass(frozen=True)
class PayeeYear:
    """What a payee was paid in a year in one currency, and what was kept back, in atoms."""

    year: int
    payee: str
    payee_ref: str
    scale: Scale
    n_payments: int
    gross_atoms: int
    released_atoms: int
    fee_atoms: int
    reserve_atoms: int
    recoupment_atoms: int
    withholding_atoms: int
    vat_atoms: int
    paid_atoms: int
    documents: tuple[str, ...]


def advice_text(advice: Advice) -> bytes:
    """For people, 66 columns wide."""
    scale = advice.scale
    head = [
        f"Remittance advice {advice.payment_id}",
        f"{one_line(advice.payee)} ({one_line(advice.payee_ref)})",
        f"Posted on {advice.posted_on}, to be paid on {advice.execution_date}: {advice.status}",
        *([f"To account {advice.account}"] if advice.account else []),
        "",
    ]
    body, contract = [], ""
    for line in advice.lines:
        if line.contract != contract:
            contract = line.contract
            body.append(f"Contract {contract}")
        body.append(_aligned(_label(line), line.atoms, scale))
    foot = [_aligned(f"Paid in {scale.currency}", advice.paid_atoms, scale)]
    if advice.document:
        foot.append(f"Tax is withheld by {one_line(advice.document)}.")
    return "\n".join([*head, *body, "-" * (_LABEL_WIDTH + _AMOUNT_WIDTH + 2), *foot, ""]).encode()


def advice_csv(advice: Advice) -> bytes:
    """For machines: one row a line, amounts exact, text defused."""
    return _csv(
        ADVICE_COLUMNS,
        (
            (
                advice.payment_id,
                defused(advice.payee_ref),
                defused(advice.payee),
                advice.posted_on.isoformat(),
                advice.execution_date.isoformat(),
                advice.status,
                defused(line.contract),
                line.rule,
                exact_amount(line.base_atoms, advice.scale),
                "" if line.rate_ppm is None else exact_share(line.rate_ppm, _PPM_DECIMALS),
                exact_amount(line.atoms, advice.scale),
                defused(line.advance_of),
                advice.scale.currency,
            )
            for line in advice.lines
        ),
    )


def summary_csv(years: Iterable[PayeeYear]) -> bytes:
    """One row a payee and currency, for its tax return and the authority's form."""
    return _csv(SUMMARY_COLUMNS, (_year_row(year) for year in years))


def _year_row(year: PayeeYear) -> tuple[str, ...]:
    amounts = (
        *(year.gross_atoms, year.released_atoms, year.fee_atoms, year.reserve_atoms),
        *(year.recoupment_atoms, year.withholding_atoms, year.vat_atoms, year.paid_atoms),
    )
    return (
        str(year.year),
        defused(year.payee_ref),
        defused(year.payee),
        year.scale.currency,
        str(year.n_payments),
        *(exact_amount(atoms, year.scale) for atoms in amounts),
        defused("; ".join(year.documents)),
    )


def _label(line: AdviceLine) -> str:
    label = LABELS[line.rule]
    if line.rate_ppm is not None:
        return f"{label}, {percent(line.rate_ppm, _PPM, 2)}"
    if line.advance_of and line.advance_of != line.contract:
        return f"{label} under {one_line(line.advance_of, 20)}"
    return label


def _aligned(label: str, atoms: int, scale: Scale) -> str:
    return f"  {label:<{_LABEL_WIDTH}}{format_amount(atoms, scale):>{_AMOUNT_WIDTH}}"


def _csv(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([columns, *rows])
    return text.getvalue().encode()
