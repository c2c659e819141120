"""The rows of a statement, one layout for every format that lists them.

A row is what one line earned, a line of an earlier period that came out differently, or a step of
what was paid. Values are raw (text, counts, atoms, ppb, ppm); a format decides how they look.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from royalty.documents.amounts import Scale, exact_amount, exact_share
from royalty.documents.statement import (
    Adjustment,
    Change,
    LineSource,
    StatementDocument,
    StatementError,
    StatementLine,
)

Value = str | int | None
Record = tuple[Value, ...]
PPB_DECIMALS, PPM_DECIMALS = 9, 6
ADJUSTMENT, SETTLEMENT = "adjustment", "settlement"  # beside the sources of lines


class Unit(Enum):
    """What a value is."""

    TEXT = "text"
    COUNT = "count"
    ATOMS = "atoms"
    PPB = "ppb"
    PPM = "ppm"


@dataclass(frozen=True)
class Column:
    """A column by its name in every format."""

    name: str
    unit: Unit = Unit.TEXT


# What stands on every row of a statement.
HEAD = (
    Column("statement_id"),
    Column("statement_version", Unit.COUNT),
    *map(Column, ("payee_ref", "payee", "contract", "platform", "service", "revenue_type")),
    *map(Column, ("usage_from", "usage_to", "accounting_period", "allocation_model")),
    Column("pool", Unit.ATOMS),
)
TAIL = (
    Column("currency"),
    Column("opening_balance", Unit.ATOMS),
    Column("closing_balance", Unit.ATOMS),
)
# What is a row's own.
OWN = (
    *map(Column, ("line_source", "description", "generation_id", "model", "track_id", "isrc")),
    *map(Column, ("title", "artist", "right_type")),
    Column("uses", Unit.COUNT),
    Column("piece_revenue", Unit.ATOMS),
    Column("attribution_share", Unit.PPB),
    Column("attribution_share_low", Unit.PPB),
    Column("attribution_share_high", Unit.PPB),
    *map(Column, ("attribution_run", "attribution_method", "attribution_quality")),
    Column("ownership_share", Unit.PPM),
    *map(Column, ("adjustment_of", "adjustment_kind", "adjustment_reason")),
    Column("amount_before", Unit.ATOMS),
    Column("amount", Unit.ATOMS),
)
AMOUNT = next(at for at, column in enumerate(OWN) if column.name == "amount")
# The columns from the generation to the ownership share, where no line is behind a row.
_NO_LINE: Record = (*("",) * 7, *(None,) * 5, *("",) * 3, None)


def head_values(document: StatementDocument) -> Record:
    """The values of HEAD."""
    return (
        document.statement_id,
        document.version,
        document.payee_ref,
        document.payee_name,
        document.contract_code,
        document.platform,
        document.service,
        document.revenue_type,
        document.usage_period.first.isoformat(),
        document.usage_period.last.isoformat(),
        document.accounting_period.label,
        document.allocation_model,
        document.pool_atoms,
    )


def tail_values(document: StatementDocument) -> Record:
    """The values of TAIL."""
    return document.scale.currency, document.opening_atoms, document.closing_atoms


def records(document: StatementDocument, lines: Iterable[StatementLine]) -> Iterator[Record]:
    """Every row in the columns of OWN: lines, then adjustments, then steps of what was paid.

    Memory does not grow with the lines.

    Raises:
        StatementError: after the last line, if the lines of a source do not sum to what the
            document says was earned, or are not as many: discard what was written.
    """
    for line in checked(document, lines):
        yield line_record(document, line)
    for adjustment in document.adjustments:
        yield from _adjusted(document, adjustment)
    for change in document.changes:
        if change.is_settlement:
            yield _settled(change)


def checked(document: StatementDocument, lines: Iterable[StatementLine]) -> Iterator[StatementLine]:
    """The lines as they come; raises StatementError after the last as `records` says."""
    sums, n_lines = dict.fromkeys(LineSource, 0), 0
    for line in lines:
        sums[line.source] += line.atoms
        n_lines += 1
        yield line
    if n_lines != document.n_lines:
        raise StatementError(
            f"Statement {document.statement_id} speaks of {document.n_lines} lines, got {n_lines}."
        )
    for source, atoms in sums.items():
        if atoms != document.earned_atoms(source):
            raise StatementError(
                f"Statement {document.statement_id}: its {source.value} lines sum to {atoms} atoms,"
                f" the document says {document.earned_atoms(source)}."
            )


def line_record(document: StatementDocument, line: StatementLine) -> Record:
    """What a line earned, in the columns of OWN."""
    return (
        line.source.value,
        "",
        *_line_values(document, line),
        *("", "", ""),
        None,
        line.atoms,
    )


def _line_values(document: StatementDocument, line: StatementLine) -> Record:
    """The columns from the generation to the ownership share."""
    found = document.attribution
    attributed = line.source is LineSource.ATTRIBUTED
    return (
        line.generation_id or "",
        line.model,
        line.track_id,
        line.isrc,
        line.title,
        line.artist,
        line.right_type,
        line.n_uses,
        line.piece_revenue_atoms,
        line.share_ppb,
        line.share_low_ppb,
        line.share_high_ppb,
        *((found.run, found.method, found.quality_label) if attributed else ("", "", "")),
        line.ownership_ppm,
    )


def _adjusted(document: StatementDocument, adjustment: Adjustment) -> Iterator[Record]:
    """A row for each line that differs, or one for the whole where no lines are behind it."""
    about = adjustment.period.label if adjustment.period else ""
    why = (about, adjustment.kind, adjustment.reason)
    if not adjustment.differences:
        yield (ADJUSTMENT, "", *_NO_LINE, *why, None, adjustment.atoms)
    for each in adjustment.differences:
        values = _line_values(document, each.line)
        what = each.line.source.value
        yield (ADJUSTMENT, what, *values, *why, each.before_atoms, each.atoms)


def _settled(change: Change) -> Record:
    return (SETTLEMENT, change.label, *_NO_LINE, *("", "", ""), None, change.atoms)


def exact(value: Value, unit: Unit, scale: Scale) -> str:
    """A value as digits or text, to the last atom; nothing where there is none."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if unit is Unit.ATOMS:
        return exact_amount(value, scale)
    if unit is Unit.PPB:
        return exact_share(value, PPB_DECIMALS)
    return exact_share(value, PPM_DECIMALS) if unit is Unit.PPM else str(value)
