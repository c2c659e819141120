"""Turns a statement into the strings and bar lengths that the template prints.

All wording of numbers and dates happens here, with integers; the template only places it.
"""

from typing import Any

from royalty.documents.amounts import decimals_for
from royalty.documents.language import Language, language
from royalty.documents.statement import Adjustment, StatementDocument, TopWork
from royalty.documents.text import printable
from royalty.documents.waterfall import BAR_UNITS, waterfall

PPB = 1_000_000_000
_DATE_PARTS = ("year", "month", "day")
_MOST_WORKS = 15  # with these the statement stays within two pages
_EN_DASH = "\N{EN DASH}"

# Sentences with values in them.
AGAIN = "Version {version} takes the place of the one before, with the same amounts: {reason}"
STAYS = "{money} stays on the account and counts towards the next payment."
STANDS = "Nothing is paid out this time. The account stands at {money}."
NOTHING = "Nothing is paid out and nothing is carried forward."
POOL = "The pool that this statement shares in is {money}."
METHOD = "Method: {method}. Attribution run: {run}."
MOST = "The {shown} works that earned most, of {all}. "
COLUMNS = (
    "Pieces are generated pieces that the work was found to have shaped, uses are uses of those "
    "pieces, and the share is the mean estimate over them with its interval. The percentage under "
    "an amount is its part of what you earned, as is the bar: first what was attributed, then the "
    "rest. All {lines} lines, over {pieces} pieces, are in the CSV file of this statement."
)
ROUNDED = (
    "Amounts are shown to {decimals} decimals and may differ from their sum in the last one; the "
    "CSV file holds them exactly."
)
# What the template says by itself.
CLOSED = (
    "A closed period stays as it is; what turns out differently is booked where it is noticed. The "
    "CSV file of this statement lists every line that differs, as it was and as it is."
)
SHARES = (
    "For every generated piece, the model that made it is measured to estimate which of the "
    "recordings or scores it learned from shaped that piece, and how strongly. An estimated share "
    "is such a measurement with an uncertainty, which the interval states. It describes the model, "
    "and does not say that a piece copies a work."
)
ROUNDING = (
    "Amounts are kept far below the smallest coin and every split adds up exactly. Only a payment "
    "is rounded, and what it leaves stays on your account."
)
UNPRINTED = (
    "Some characters of a name or title cannot be printed here; the CSV file holds them all."
)
WORDS = (
    *("Royalty statement", "Statement", "version", "Page", "of", "Inputs, SHA-256"),
    *("Lines, SHA-256", "Prepared for", "How the balance moved", "Step", "Balance"),
    *("What was adjusted, and why", "Period", "Reason", "Lines", "What your works earned"),
    *("No work of yours earned anything in this period.", "Work", "Pieces", "Uses"),
    *("Estimated share", "Attributed", "Fallback", "How these figures came about"),
    *("The pool.", "The shares.", "The rest.", "The rounding."),
    *(CLOSED, SHARES, ROUNDING, UNPRINTED),
)


def statement_view(document: StatementDocument) -> dict[str, Any]:
    """JSON-ready data for `statement.typ`; texts and amounts are finished strings."""
    decimals = decimals_for(_shown_amounts(document), document.scale)
    speaks = language(document.language)
    return {
        "lang": speaks.code,
        "region": speaks.region,
        "words": {english: speaks.say(english) for english in WORDS},
        "id": printable(document.statement_id),
        "version": document.version,
        "payee": printable(document.payee_name),
        "payee_ref": printable(document.payee_ref),
        "currency": document.scale.currency,
        "payable": speaks.amount(document.payable_atoms, document.scale),
        "facts": _facts(document),
        "waterfall": _waterfall(document, decimals),
        "adjustments": [_adjustment(each, document, decimals) for each in document.adjustments],
        "works": [_work(work, document, decimals) for work in _shown_works(document)],
        "prose": _prose(document, decimals),
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
    speaks = language(document.language)
    usage, accounting = document.usage_period, document.accounting_period
    pairs = [
        ("Platform", document.platform),
        ("Service", document.service),
        ("Contract", document.contract_code),
        ("Allocation", document.allocation_model.replace("_", "-")),
        ("Music used", speaks.days(usage.first, usage.last)),
        ("Accounted in", speaks.days(accounting.first, accounting.last)),
    ]
    return [[speaks.say(label), printable(value)] for label, value in pairs]


def _waterfall(document: StatementDocument, decimals: int) -> list[dict[str, Any]]:
    bars = waterfall(document.opening_atoms, document.changes, document.payable_atoms)
    speaks = language(document.language)
    return [
        {
            "kind": bar.kind,
            "label": printable(speaks.label(bar.label)),
            "amount": speaks.amount(bar.atoms, document.scale, decimals),
            "bar_start": bar.start,
            "bar_length": bar.length,
        }
        for bar in bars
    ]


def _adjustment(each: Adjustment, document: StatementDocument, decimals: int) -> dict[str, str]:
    speaks = language(document.language)
    return {
        "period": printable(each.period.label) if each.period else "",
        "kind": printable(speaks.say(each.kind)),
        "reason": printable(each.reason, limit=300),
        "lines": speaks.count(len(each.differences)) if each.differences else "",
        "amount": speaks.amount(each.atoms, document.scale, decimals),
    }


def _work(work: TopWork, document: StatementDocument, decimals: int) -> dict[str, Any]:
    earned, speaks = document.earned_atoms(), language(document.language)
    longest = max(1, *(each.atoms for each in _shown_works(document)))
    parts = (max(0, atoms) for atoms in (work.attributed_atoms, work.fallback_atoms))
    return {
        "title": printable(work.title),
        "creators": printable(work.creators),
        "pieces": speaks.count(work.n_pieces),
        "uses": speaks.count(work.n_uses),
        "share": "" if work.share_ppb is None else speaks.percent(work.share_ppb, PPB),
        "interval": _interval(work, speaks),
        "attributed": speaks.amount(work.attributed_atoms, document.scale, decimals),
        "fallback": speaks.amount(work.fallback_atoms, document.scale, decimals),
        "amount": speaks.amount(work.atoms, document.scale, decimals),
        "of_earnings": speaks.percent(work.atoms, earned) if earned > 0 <= work.atoms else "",
        "bars": [atoms * BAR_UNITS // longest for atoms in parts],
    }


def _interval(work: TopWork, speaks: Language) -> str:
    if work.share_ppb is None:
        return ""
    if work.share_low_ppb is None or work.share_high_ppb is None:
        return speaks.say("no model interval")
    low, high = speaks.percent(work.share_low_ppb, PPB), speaks.percent(work.share_high_ppb, PPB)
    return f"{low.removesuffix('%').strip()} {_EN_DASH} {high}"


def _prose(document: StatementDocument, decimals: int) -> dict[str, str]:
    """Sentences with values in them; those of the contract and the run are as they come."""
    speaks, attribution = language(document.language), document.attribution
    return {
        "version": _version(document),
        "payable_for": speaks.say(
            "Payable for {period}", period=printable(document.accounting_period.label)
        ),
        "carried": _carried(document, decimals),
        "earned": speaks.say("Earned {currency}", currency=document.scale.currency),
        "works": _about_works(document, decimals),
        "pool": speaks.say(POOL, money=_money(document, document.pool_atoms, None)),
        "allocation": printable(document.allocation_sentence, limit=600),
        "quality": printable(attribution.quality_sentence, limit=600),
        "fallback": printable(document.fallback_note, limit=600),
        "method": speaks.say(
            METHOD, method=printable(attribution.method), run=printable(attribution.run)
        ),
    }


def _version(document: StatementDocument) -> str:
    """Why this is not the first version; nothing if it is."""
    if not document.version_reason:
        return ""
    return language(document.language).say(
        AGAIN,
        version=str(document.version),
        reason=printable(document.version_reason, limit=300),
    )


def _carried(document: StatementDocument, decimals: int) -> str:
    """What becomes of the rest of the balance."""
    speaks = language(document.language)
    money = _money(document, document.closing_atoms, decimals)
    if document.payable_atoms > 0:
        return speaks.say(STAYS, money=money)
    return speaks.say(STANDS, money=money) if document.closing_atoms else speaks.say(NOTHING)


def _about_works(document: StatementDocument, decimals: int) -> str:
    """What the columns of the table mean, and which works and digits it leaves out."""
    speaks, shown = language(document.language), len(_shown_works(document))
    text = speaks.say(
        COLUMNS, lines=speaks.count(document.n_lines), pieces=speaks.count(document.n_pieces)
    )
    if document.n_works > shown:
        text = speaks.say(MOST, shown=str(shown), all=speaks.count(document.n_works)) + text
    if decimals < document.scale.atom_decimals and _hides_digits(document, decimals):
        text += " " + speaks.say(ROUNDED, decimals=str(decimals))
    return text


def _money(document: StatementDocument, atoms: int, decimals: int | None) -> str:
    amount = language(document.language).amount(atoms, document.scale, decimals)
    return f"{document.scale.currency} {amount}"
