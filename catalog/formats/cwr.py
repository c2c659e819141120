"""CWR 2.1 and 2.2 (Common Works Registration): one row for each work, read-only.

A file says at its end how many groups, transactions and records it has. It is counted before any
row is given out, so that of a file that was cut short nothing is taken.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from catalog.formats.cwr_records import (
    WORKS,
    Kind,
    Record,
    begins_transaction,
    record_of,
)
from catalog.formats.cwr_works import work_of
from catalog.formats.encoding import find_encoding
from catalog.formats.source import MOST_ROWS, CellFault, Source, SourceRow, checked_cells, refused
from catalog.manifest.faults import RowError, RowWarning, quote

FORMAT = "cwr"
VERSIONS = ("02.10", "02.20")
LONGEST_LINE = 4096  # characters; the longest record has 600
MOST_RECORDS = 10_000  # of one work


class _Broken(Exception):
    """The file is not whole; the error says where."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.error = RowError(line, "", message)


def open_cwr(handle: BinaryIO, column_of: Mapping[str, str]) -> Source:
    """The works of a CWR file, whose fields have their places: none is mapped."""
    del column_of
    encoding = find_encoding(handle)
    if isinstance(encoding, RowError):
        handle.close()
        return refused(FORMAT, encoding)
    text = io.TextIOWrapper(handle, encoding=encoding.codec)
    try:
        _count(text)
    except _Broken as broken:
        text.close()
        return refused(FORMAT, broken.error)
    text.seek(0)
    source = Source(FORMAT, (), iter(()), files_beside=False, let_go=text.close)
    for warning in encoding.warnings:
        source.warn(warning)
    source.rows = _rows(text, source.warn)
    return source


def _lines(text: io.TextIOWrapper) -> Iterator[tuple[int, str]]:
    """Numbered lines that are not blank."""
    number = 0
    while line := text.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise _Broken(number, f"Line {number} is longer than {LONGEST_LINE:,} characters.")
        if line.strip():
            yield number, line.rstrip("\r\n")


def _count(text: io.TextIOWrapper) -> None:
    """Hold the file to the counts that it states.

    Raises:
        _Broken: it is no CWR 2 file, or has more or less than it says.
    """
    groups, transactions, records = 0, 0, 0
    in_group = (0, 0)  # transactions and records before this group
    number = 0
    is_ended = False
    for number, line in _lines(text):
        records += 1
        kind = line[:3]
        if records == 1 and kind != Kind.FILE_HEADER:
            raise _Broken(number, "The file does not begin with HDR; it is no CWR file.")
        if is_ended:
            raise _Broken(number, f"Line {number} stands behind the end (TRL) of the file.")
        if kind == Kind.GROUP_HEADER:
            groups += 1
            in_group = (transactions, records - 1)
            _check_version(number, line)
        elif kind == Kind.GROUP_TRAILER:
            found = {"transactions": transactions - in_group[0], "records": records - in_group[1]}
            _compare(number, line, "group", found)
        elif kind == Kind.FILE_TRAILER:
            found = {"groups": groups, "transactions": transactions, "records": records}
            _compare(number, line, "file", found)
            is_ended = True
        elif begins_transaction(line):
            transactions += 1
    if not is_ended:
        message = (
            f"The file ends after {groups:,} groups, {transactions:,} transactions and "
            f"{records:,} records without the trailer (TRL) that counts them; it was cut short. "
            "Send it whole."
        )
        raise _Broken(number, message)


def _check_version(number: int, line: str) -> None:
    record = record_of(number, line)
    if record is None or record["version"] not in VERSIONS:
        version = "" if record is None else record["version"]
        raise _Broken(number, f"CWR version {quote(version)} is not read; send 2.1 or 2.2.")


def _compare(number: int, line: str, whole: str, found: dict[str, int]) -> None:
    record = record_of(number, line)
    assert record is not None
    for what, count in found.items():
        stated = record[what]
        if not (stated.isascii() and stated.isdigit()) or int(stated) != count:
            raise _Broken(
                number,
                f"The {whole} states {quote(stated)} {what} and holds {count:,}; it was cut short "
                "or changed. Send it whole.",
            )


def _rows(
    text: io.TextIOWrapper, warn: Callable[[RowWarning], None]
) -> Iterator[SourceRow | RowError]:
    n_rows = 0
    with text:
        for records in _works(text):
            n_rows += 1
            if n_rows > MOST_ROWS:
                message = f"A file has at most {MOST_ROWS:,} works."
                yield RowError(records[0].line, "", message)
                return
            yield _row(records, warn)
    if not n_rows:
        yield RowError(0, "", "The file registers no works (NWR, REV).")


def _works(text: io.TextIOWrapper) -> Iterator[list[Record]]:
    """The records of each work that is registered; other transactions are passed over."""
    records: list[Record] = []
    for number, line in _lines(text):
        record = record_of(number, line)
        is_first = begins_transaction(line)
        if records and (is_first or line[:3] in (Kind.GROUP_TRAILER, Kind.FILE_TRAILER)):
            yield records
            records = []
        if record is None:
            continue
        if (is_first and record.kind in WORKS) or (records and len(records) <= MOST_RECORDS):
            records.append(record)
    if records:
        yield records


def _row(records: list[Record], warn: Callable[[RowWarning], None]) -> SourceRow | RowError:
    number = records[0].line
    place = f"line {number}"
    if len(records) > MOST_RECORDS:
        return RowError(number, "", f"The work has more than {MOST_RECORDS:,} records.")
    try:
        work = work_of(records)
        cells = checked_cells(work.cells)
    except CellFault as fault:
        return RowError(number, fault.column, f"{place.capitalize()}: {fault}")
    for message in work.warnings:
        warn(RowWarning(number, "", message))
    return SourceRow(number, place, {name: cell for name, cell in cells.items() if cell})
