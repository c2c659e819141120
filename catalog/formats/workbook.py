"""Workbooks (XLSX, ODS): the table in the first sheet that has one, parsed in a child process."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from catalog.formats.confined import Answer, Unreadable, answers
from catalog.formats.source import Source, refused
from catalog.formats.tables import Line, read_header, table_rows
from catalog.manifest.columns import KNOWN_COLUMNS
from catalog.manifest.faults import RowError


def open_workbook(handle: BinaryIO, column_of: Mapping[str, str]) -> Source:
    """The rows of a workbook; the source ends the child when it is closed or read to its end."""
    known = sorted({*KNOWN_COLUMNS, *(name.strip() for name in column_of.values())})
    said = answers("workbook", handle, {"known": known})
    lines = _lines(said)
    first = next(lines, RowError(1, "", "The workbook is empty; begin a sheet with a header."))
    if isinstance(first, RowError):
        return refused("workbook", first)
    header = read_header(first[1], column_of, row=first[0])
    if header.errors:
        said.close()
        return refused("workbook", *header.errors, columns=header.columns)
    source = Source("workbook", header.columns, iter(()), files_beside=True, let_go=said.close)
    hint = "remove what stands beside the table."
    source.rows = table_rows(lines, header, source.warn, hint)
    for warning in header.warnings:
        source.warn(warning)
    return source


def _lines(said: Iterator[Answer]) -> Iterator[Line | RowError]:
    """Numbered rows of cells, the header first; a fault of the file ends them."""
    number = 0
    try:
        for answer in said:
            if "row" in answer:
                number = answer["row"]
                yield number, answer["cells"]
    except Unreadable as fault:
        yield RowError(number + 1 if number else 0, "", str(fault))
