"""Turns a statement into the strings and bar lengths that the template prints.

All wording of numbers and dates happens here, with integers; the template only places it.
"""

from datetime import date
from typing import Any

from royalty.documents.amounts import decimals_for, format_amount, percent
from royalty.documents.statement import Adjustment, Period, StatementDocument, TopWork
from royalty.documents.text import printable
from royalty.documents.waterfall import waterfall

PPB = 1_000_000_000
_DATE_PARTS = ("year", "month", "day")
_MOST_WORKS = 15  # with these the statement stays within two pages
_EN_DASH = "\N{EN DASH}"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def statement_view(document: StatementDocument) -> dict[str, Any]:
    """JSON-ready data for `statement.typ`; amounts are finished strings."""
    decimals = decimals_for(_shown_amounts(document), document.scale)
    return {
        "id": printable(document.statement_id),
        "version": document.version,
        "payee": printable(document.payee_name),
        "payee_ref": printable(document.payee_ref),
        "currency": document.scale.currency,
        "payable": format_amount(document.payable_atoms, document.scale),
        "carried": format_amount(document.closing_atoms, document.scale, decimals),
        "pays": document.payable_atoms > 0,
        "carries": document.closing_atoms != 0,
        "period_label": printable(document.accounting_period.label),
        "facts": _facts(document),
        "waterfall": _waterfall(document, decimals),
        "adjustments": [_adjustment(each, document, decimals) for each in document.adjustments],
        "works": [_work(work, document, decimals) for work in _shown_works(document)],
        "n_works": f"{document.n_works:,}",
        "n_more_works": document.n_works - len(_shown_works(document)),
        "n_pieces": f"{document.n_pieces:,}",
        "n_lines": f"{document.n_lines:,}",
        "prose": _prose(document),
        "rounded": decimals < document.scale.atom_decimals and _hides_digits(document, decimals),
        "decimals": decimals,
        "input_hash": document.input_hash,
        "lines_hash": document.lines_hash,
        "date": [getattr(document.accounting_period.last, part) for part in _DATE_PARTS],
    }


def _shown_works(document: StatementDocument) -> tuple[TopWork, ...]:
    return document.top_works[:_MOST_WORKS]


def _shown_amounts(document: StatementDocument) -> list[int]:
    works = [
        atoms
        for work in _shown_works(document)
        for atoms in (work.attributed_atoms, work.fallback_atoms)
    ]
    changes = [change.atoms for change in document.changes]
    return [document.opening_atoms, *changes, document.closing_atoms, *works]


def _hides_digits(document: StatementDocument, decimals: int) -> bool:
    unit = int(10 ** (document.scale.atom_decimals - decimals))
    return any(atoms % unit for atoms in _shown_amounts(document))


def _facts(document: StatementDocument) -> list[list[str]]:
    pairs = [
        ("Platform", document.platform),
        ("Service", document.service),
        ("Contract", document.contract_code),
        ("Allocation", document.allocation_model.replace("_", "-")),
        ("Music used", _span(document.usage_period)),
        ("Accounted in", _span(document.accounting_period)),
    ]
    return [[label, printable(value)] for label, value in pairs]


def _waterfall(document: StatementDocument, decimals: int) -> list[dict[str, Any]]:
    bars = waterfall(document.opening_atoms, document.changes, document.payable_atoms)
    return [
        {
            "kind": bar.kind,
            "label": printable(bar.label),
            "amount": format_amount(bar.atoms, document.scale, decimals),
            "bar_start": bar.start,
            "bar_length": bar.length,
        }
        for bar in bars
    ]


def _adjustment(each: Adjustment, document: StatementDocument, decimals: int) -> dict[str, str]:
    return {
        "period": printable(each.period.label) if each.period else "",
        "kind": printable(each.kind),
        "reason": printable(each.reason, limit=300),
        "lines": f"{len(each.differences):,}" if each.differences else "",
        "amount": format_amount(each.atoms, document.scale, decimals),
    }


def _work(work: TopWork, document: StatementDocument, decimals: int) -> dict[str, str]:
    earned = document.earned_atoms()
    return {
        "title": printable(work.title),
        "creators": printable(work.creators),
        "pieces": f"{work.n_pieces:,}",
        "uses": f"{work.n_uses:,}",
        "share": "" if work.share_ppb is None else percent(work.share_ppb, PPB),
        "interval": _interval(work),
        "attributed": format_amount(work.attributed_atoms, document.scale, decimals),
        "fallback": format_amount(work.fallback_atoms, document.scale, decimals),
        "amount": format_amount(work.atoms, document.scale, decimals),
        "of_earnings": percent(work.atoms, earned) if earned > 0 and work.atoms >= 0 else "",
    }


def _interval(work: TopWork) -> str:
    if work.share_ppb is None:
        return ""
    if work.share_low_ppb is None or work.share_high_ppb is None:
        return "no model interval"
    low, high = percent(work.share_low_ppb, PPB), percent(work.share_high_ppb, PPB)
    return f"{low.removesuffix('%').strip()} {_EN_DASH} {high}"


def _prose(document: StatementDocument) -> dict[str, str]:
    attribution = document.attribution
    return {
        "pool": format_amount(document.pool_atoms, document.scale),
        "allocation": printable(document.allocation_sentence, limit=600),
        "quality": printable(attribution.quality_sentence, limit=600),
        "method": printable(attribution.method),
        "run": printable(attribution.run),
        "fallback": printable(document.fallback_note, limit=600),
    }


def _span(period: Period) -> str:
    """ "July 2025", "1 July – 30 September 2025": as short as the dates allow."""
    first, last = period.first, period.last
    if first.year != last.year:
        return f"{_day(first)} {first.year} {_EN_DASH} {_day(last)} {last.year}"
    return f"{_day(first)} {_EN_DASH} {_day(last)} {last.year}"


def _day(day: date) -> str:
    return f"{day.day}\N{NO-BREAK SPACE}{_MONTHS[day.month - 1]}"
