"""The statement as CSV or TSV: every row, every atom, safe to open in a spreadsheet.

UTF-8 without a byte-order mark; CSV by RFC 4180 with CRLF, TSV (text/tab-separated-values as
registered with IANA) with a line feed, where a tab or a line break in a text becomes a blank.
Amounts are exact decimals in the currency's major unit, shares are fractions of one.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from royalty.documents.csv.cells import defused
from royalty.documents.records import (
    HEAD,
    OWN,
    TAIL,
    Column,
    Record,
    exact,
    head_values,
    records,
    tail_values,
)
from royalty.documents.statement import StatementDocument, StatementLine

COLUMNS = tuple(column.name for column in (*HEAD, *OWN, *TAIL))
_ROWS_A_CHUNK = 1_000
Encode = Callable[[Iterable[tuple[str, ...]]], bytes]


def statement_csv(document: StatementDocument, lines: Iterable[StatementLine]) -> Iterator[bytes]:
    """The header, then every row, in chunks of bytes; memory does not grow with the lines.

    Raises StatementError as `records` does: discard what was written.
    """
    return _chunks(document, lines, _as_csv)


def statement_tsv(document: StatementDocument, lines: Iterable[StatementLine]) -> Iterator[bytes]:
    """The same with tabs between the cells. Raises StatementError as `records` does."""
    return _chunks(document, lines, _as_tsv)


def _chunks(
    document: StatementDocument, lines: Iterable[StatementLine], encode: Encode
) -> Iterator[bytes]:
    yield encode([COLUMNS])
    cells = _Cells(document)
    head, tail = cells.of(HEAD, head_values(document)), cells.of(TAIL, tail_values(document))
    rows = records(document, lines)
    while chunk := list(islice(rows, _ROWS_A_CHUNK)):
        yield encode([(*head, *cells.of(OWN, row), *tail) for row in chunk])


class _Cells:
    """Writes values: text defused, numbers as digits."""

    def __init__(self, document: StatementDocument) -> None:
        self._scale = document.scale

    def of(self, columns: tuple[Column, ...], values: Record) -> tuple[str, ...]:
        scale = self._scale
        return tuple(
            defused(value) if isinstance(value, str) else exact(value, column.unit, scale)
            for column, value in zip(columns, values, strict=True)
        )


def _as_csv(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _as_tsv(rows: Iterable[tuple[str, ...]]) -> bytes:
    return "".join("\t".join(map(_without_tabs, row)) + "\n" for row in rows).encode()


def _without_tabs(text: str) -> str:
    return text.translate(_BLANKS) if not text.isprintable() else text


_BLANKS = dict.fromkeys(map(ord, "\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"), " ")
