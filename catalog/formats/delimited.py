"""CSV: rows of cells between commas, semicolons, tabs or bars, read line by line.

Python's own `csv` does the reading; this module finds the delimiter from the header and keeps both
a line and a row within bounds, so that a gigabyte without a line end costs no gigabyte of memory.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from catalog.formats.encoding import AS_CSV, find_encoding
from catalog.formats.source import Source, SourceRow, refused
from catalog.formats.tables import Header, Line, known_columns, read_header, table_rows
from catalog.manifest.faults import RowError, RowWarning

FORMAT = "csv"
DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
LONGEST_LINE = 4 << 20  # characters


class _LongLine(Exception):
    """A line is longer than any row could be."""


def open_delimited(handle: BinaryIO, column_of: Mapping[str, str]) -> Source:
    """The rows of a CSV file; the source closes `handle` when it is closed or read to its end."""
    encoding = find_encoding(handle, advice=AS_CSV)
    if isinstance(encoding, RowError):
        handle.close()
        return refused(FORMAT, encoding)
    text = io.TextIOWrapper(handle, encoding=encoding.codec, newline="")
    delimiter = _delimiter(text, column_of)
    lines = _lines(text, delimiter)
    first = next(lines, RowError(1, "", "The manifest is empty; begin it with a header."))
    if isinstance(first, RowError):
        text.close()
        return refused(FORMAT, first)
    header = read_header(first[1], column_of, row=first[0])
    if header.errors:
        text.close()
        return refused(FORMAT, *header.errors, columns=header.columns)
    source = Source(FORMAT, header.columns, iter(()), files_beside=True, let_go=text.close)
    source.rows = _rows(text, lines, header, source.warn, delimiter)
    for warning in (*encoding.warnings, *header.warnings):
        source.warn(warning)
    return source


def _delimiter(text: io.TextIOWrapper, column_of: Mapping[str, str]) -> str:
    """What separates the header's names: that by which most of them are known; rewinds."""
    line = "\n"
    while line and not line.strip():
        line = text.readline(LONGEST_LINE)
    text.seek(0)

    def fits(delimiter: str) -> tuple[int, int]:
        try:
            names = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            return 0, 0
        return known_columns(names, column_of), len(names)

    return max(DELIMITERS, key=fits)  # of equals the first, which is the comma


def _bounded(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise _LongLine
        yield line


def _lines(text: io.TextIOWrapper, delimiter: str) -> Iterator[Line | RowError]:
    """Numbered rows of stripped cells, blank ones left out; a fault of the CSV ends them."""
    reader = csv.reader(_bounded(text), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if cells:
                yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        message = f"The row cannot be read as CSV ({error}); check its quotation marks."
        yield RowError(number + 1, "", message)
    except _LongLine:
        message = f"The row is longer than {LONGEST_LINE:,} characters; no row of ours is."
        yield RowError(number + 1, "", message)


def _rows(
    text: io.TextIOWrapper,
    lines: Iterator[Line | RowError],
    header: Header,
    warn: Callable[[RowWarning], None],
    delimiter: str,
) -> Iterator[SourceRow | RowError]:
    """The rows below the header; closes the file when it ends."""
    hint = f"put cells that contain {DELIMITERS[delimiter]} into quotation marks."
    with text:
        yield from table_rows(lines, header, warn, hint)
