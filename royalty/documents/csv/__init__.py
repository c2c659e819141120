"""The statement as CSV: every line, every atom, safe to open in a spreadsheet.

RFC 4180 with CRLF, UTF-8 without a byte-order mark. Amounts are exact decimals in the currency's
major unit, shares are fractions of one. Layout only: the lines are given.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from royalty.documents.amounts import Scale, exact_amount, exact_share
from royalty.documents.csv.cells import defused
from royalty.documents.statement import (
    LineSource,
    StatementDocument,
    StatementError,
    StatementLine,
)

COLUMNS = (
    *("statement_id", "statement_version", "payee_ref", "payee", "contract", "platform", "service"),
    *("usage_from", "usage_to", "accounting_period", "allocation_model", "line_source"),
    *("generation_id", "track_id", "isrc", "title", "artist", "right_type", "uses", "pool"),
    *("piece_revenue", "attribution_share", "attribution_share_low", "attribution_share_high"),
    *("attribution_run", "attribution_method", "attribution_quality", "ownership_share"),
    *("amount", "currency", "opening_balance", "closing_balance"),
)
_LINES_A_CHUNK = 1_000
_PPB_DECIMALS, _PPM_DECIMALS = 9, 6


def statement_csv(document: StatementDocument, lines: Iterable[StatementLine]) -> Iterator[bytes]:
    """The header, then every line, in chunks of bytes; memory does not grow with the lines.

    Raises StatementError, after the last line, if the lines of a source do not sum to what the
    document says was earned, or are not as many: discard what was written.
    """
    yield _encode([COLUMNS])
    stream, common = iter(lines), _Common.of(document)
    sums = dict.fromkeys(LineSource, 0)
    n_lines = 0
    while chunk := list(islice(stream, _LINES_A_CHUNK)):
        for line in chunk:
            sums[line.source] += line.atoms
        n_lines += len(chunk)
        yield _encode([_row(common, document.scale, line) for line in chunk])
    _check(document, sums, n_lines)


def _check(document: StatementDocument, sums: dict[LineSource, int], n_lines: int) -> None:
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


@dataclass(frozen=True)
class _Common:
    """What stands on every line of a statement, written once: texts defused, amounts as digits."""

    head: tuple[str, ...]  # from the statement's id to the allocation model
    pool: str
    attribution: tuple[str, ...]  # run, method and quality of attributed lines
    tail: tuple[str, ...]  # from the currency on

    @classmethod
    def of(cls, document: StatementDocument) -> "_Common":
        scale, attribution = document.scale, document.attribution
        return cls(
            head=(
                defused(document.statement_id),
                str(document.version),
                defused(document.payee_ref),
                defused(document.payee_name),
                defused(document.contract_code),
                defused(document.platform),
                defused(document.service),
                document.usage_period.first.isoformat(),
                document.usage_period.last.isoformat(),
                defused(document.accounting_period.label),
                defused(document.allocation_model),
            ),
            pool=exact_amount(document.pool_atoms, scale),
            attribution=(
                defused(attribution.run),
                defused(attribution.method),
                defused(attribution.quality_label),
            ),
            tail=(
                defused(scale.currency),
                exact_amount(document.opening_atoms, scale),
                exact_amount(document.closing_atoms, scale),
            ),
        )


def _row(common: _Common, scale: Scale, line: StatementLine) -> tuple[str, ...]:
    """One line in the order of COLUMNS; text is defused, numbers are digits."""
    by_shares = line.source is LineSource.ATTRIBUTED
    return (
        *common.head,
        line.source.value,
        defused(line.generation_id or ""),
        defused(line.track_id),
        defused(line.isrc),
        defused(line.title),
        defused(line.artist),
        defused(line.right_type),
        "" if line.n_uses is None else str(line.n_uses),
        common.pool,
        "" if line.piece_revenue_atoms is None else exact_amount(line.piece_revenue_atoms, scale),
        _share(line.share_ppb, _PPB_DECIMALS),
        _share(line.share_low_ppb, _PPB_DECIMALS),
        _share(line.share_high_ppb, _PPB_DECIMALS),
        *(common.attribution if by_shares else ("", "", "")),
        _share(line.ownership_ppm, _PPM_DECIMALS),
        exact_amount(line.atoms, scale),
        *common.tail,
    )


def _share(parts: int | None, decimals: int) -> str:
    return "" if parts is None else exact_share(parts, decimals)


def _encode(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
