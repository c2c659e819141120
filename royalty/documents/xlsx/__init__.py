"""The statement as a workbook: one sheet with what moved the balance, one with every row.

Numbers are numbers where a spreadsheet holds them exactly: its numbers are IEEE doubles, which keep
15 significant digits. An amount with more is written as text, so that no atom is lost. No cell is
a formula or a link. The same document gives the same bytes: no clock, fixed order, and the archive
dates every part in 1980. Memory does not grow with the rows.
"""

import io
from collections.abc import Iterable
from datetime import datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from royalty.documents.amounts import Scale
from royalty.documents.records import (
    HEAD,
    OWN,
    PPB_DECIMALS,
    PPM_DECIMALS,
    TAIL,
    Column,
    Unit,
    Value,
    exact,
    head_values,
    records,
    tail_values,
)
from royalty.documents.statement import StatementDocument, StatementError, StatementLine

SIGNIFICANT_DIGITS = 15  # of an IEEE double (DBL_DIG)
MOST_ROWS = 1_048_576  # of a sheet
MOST_CHARACTERS = 32_767  # of a cell
EXACT_BELOW = 10**SIGNIFICANT_DIGITS
_OF_THE_RUN = {"attribution_run", "attribution_method", "attribution_quality"}
_SHOWN = tuple(at for at, column in enumerate(OWN) if column.name not in _OF_THE_RUN)
LINES = tuple(OWN[at] for at in _SHOWN)
_WIDTHS = {Unit.TEXT: 18, Unit.COUNT: 10, Unit.ATOMS: 18, Unit.PPB: 14, Unit.PPM: 12}
_CREATED = datetime(1980, 1, 1)  # noqa: DTZ001 no clock is read; the file has no zone


def statement_xlsx(document: StatementDocument, lines: Iterable[StatementLine]) -> bytes:
    """The workbook, with a sheet for the statement and one for its rows.

    Raises:
        StatementError: as `records`, or more rows than a sheet has; the other formats take them.
    """
    content = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(content, options)
    book.set_properties({"created": _CREATED, "title": "Royalty statement"})
    styles = _Styles(book, document.scale)
    _write_statement(_Sheet(book.add_worksheet("Statement"), styles, document.scale), document)
    sheet = _Sheet(book.add_worksheet("Lines"), styles, document.scale)
    sheet.heads(LINES)
    for row in records(document, lines):
        sheet.row(LINES, [row[at] for at in _SHOWN])
    sheet.end()
    book.close()
    return content.getvalue()


class _Styles:
    """How each kind of value looks; a spreadsheet shows the sign of the reader's language."""

    def __init__(self, book: xlsxwriter.Workbook, scale: Scale) -> None:
        digits = "0" * scale.atom_decimals
        self.head: Format = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.bold: Format = book.add_format({"bold": True})
        self.of: dict[Unit, Format] = {
            Unit.TEXT: book.add_format({"num_format": "@"}),
            Unit.COUNT: book.add_format({"num_format": "#,##0"}),
            Unit.ATOMS: book.add_format({"num_format": f"#,##0.{digits}" if digits else "#,##0"}),
            Unit.PPB: book.add_format({"num_format": "0.0000000%"}),
            Unit.PPM: book.add_format({"num_format": "0.0000%"}),
        }


class _Sheet:
    """A sheet that is written from its first row down and never looked back at."""

    def __init__(self, sheet: Worksheet, styles: _Styles, scale: Scale) -> None:
        self._sheet, self._styles, self._scale = sheet, styles, scale
        self._wholes = {
            Unit.COUNT: 1,
            Unit.ATOMS: int(10**scale.atom_decimals),
            Unit.PPB: int(10**PPB_DECIMALS),
            Unit.PPM: int(10**PPM_DECIMALS),
        }
        self._at = 0

    def widths(self, *characters: int) -> None:
        """How wide the first columns are."""
        for at, width in enumerate(characters):
            self._sheet.set_column(at, at, width)

    def heads(self, columns: tuple[Column, ...]) -> None:
        """The names of the columns, which stay in sight."""
        for at, column in enumerate(columns):
            self._sheet.set_column(at, at, _WIDTHS[column.unit])
            self._sheet.write_string(self._at, at, column.name, self._styles.head)
        self._at += 1
        self._sheet.freeze_panes(self._at, 0)

    def row(self, columns: tuple[Column, ...], values: Iterable[Value]) -> None:
        """One value in each column; empty cells stay empty."""
        if self._at >= MOST_ROWS:
            raise StatementError(f"A sheet takes {MOST_ROWS} rows; take the CSV file instead.")
        for at, (column, value) in enumerate(zip(columns, values, strict=True)):
            if value is not None and value != "":
                self._cell(at, value, column.unit)
        self._at += 1

    def _cell(self, at: int, value: Value, unit: Unit) -> None:
        style = self._styles.of[unit]
        if isinstance(value, int) and -EXACT_BELOW < value < EXACT_BELOW:
            # Dividing whole numbers gives the nearest double, which its first 15 digits determine.
            self._sheet.write_number(self._at, at, value / self._wholes[unit], style)
        else:
            text = exact(value, unit, self._scale)[:MOST_CHARACTERS]
            self._sheet.write_string(self._at, at, text, self._styles.of[Unit.TEXT])

    def pair(
        self, name: str, value: Value, unit: Unit = Unit.TEXT, *, strong: bool = False
    ) -> None:
        """A name and its value beside it."""
        style = self._styles.bold if strong else None
        self._sheet.write_string(self._at, 0, name[:MOST_CHARACTERS], style)
        if value is not None and value != "":
            self._cell(1, value, unit)
        self._at += 1

    def gap(self) -> None:
        self._at += 1

    def end(self) -> None:
        """A filter over all columns."""
        self._sheet.autofilter(0, 0, max(1, self._at - 1), len(LINES) - 1)


def _write_statement(sheet: _Sheet, document: StatementDocument) -> None:
    """What stands on every row of the other formats, then how the balance moved."""
    sheet.widths(44, 40)
    facts = (*zip(HEAD, head_values(document), strict=True),)
    for column, value in (*facts, *zip(TAIL, tail_values(document), strict=True)):
        sheet.pair(column.name, value, column.unit)
    found = document.attribution
    sheet.pair("attribution_run", found.run)
    sheet.pair("attribution_method", found.method)
    sheet.pair("attribution_quality", found.quality_label)
    sheet.gap()
    sheet.pair("Opening balance", document.opening_atoms, Unit.ATOMS, strong=True)
    for change in document.changes:
        sheet.pair(change.label, change.atoms, Unit.ATOMS)
    sheet.pair("Balance before payment", document.balance_atoms, Unit.ATOMS, strong=True)
    sheet.pair("Payable now", -document.payable_atoms, Unit.ATOMS)
    sheet.pair("Carried forward", document.closing_atoms, Unit.ATOMS, strong=True)
