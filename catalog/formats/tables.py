"""Tables, whichever program wrote them: the header, and rows that are as wide as it is."""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalog.formats.source import MOST_ROWS, CellFault, SourceRow, checked_cells
from catalog.manifest.columns import KNOWN_COLUMNS, REQUIRED_COLUMNS, ROLES
from catalog.manifest.faults import RowError, RowWarning, quote

MOST_COLUMNS = 1_000
Line = tuple[int, list[str]]  # a row's number and its stripped cells
# What a spreadsheet program would take for a formula; numbers begin with two of them as well.
_FORMULA_SIGNS = frozenset("=@+-")
_FORMULA = re.compile(r"[=@]|[+-](?![0-9., ]*$)")


@dataclass(frozen=True)
class Header:
    """The columns of a table as the file names them, and where ours stand among them."""

    columns: tuple[str, ...]
    places: tuple[tuple[int, str], ...]  # (position in the file, our column)
    errors: tuple[RowError, ...]
    warnings: tuple[RowWarning, ...]

    def cells(self, texts: Sequence[str]) -> dict[str, str]:
        """A row's cells under our names; `texts` has as many as the header."""
        return {name: texts[at] for at, name in self.places}


def read_header(written: Sequence[str], column_of: Mapping[str, str], *, row: int = 1) -> Header:
    """The header of a table.

    Args:
        written: the names of its columns.
        column_of: for ours, the sender's column that holds it, where it has another name.
        row: where the header stands.
    """
    columns = tuple(name.strip() for name in written)
    if len(columns) > MOST_COLUMNS:
        message = f"The header has {len(columns):,} columns; at most {MOST_COLUMNS:,} fit."
        return Header((), (), (RowError(row, "", message),), ())
    theirs = {ours: name.strip() for ours, name in column_of.items() if ours in KNOWN_COLUMNS}
    taken = set(theirs.values())
    named = {name: name for name in KNOWN_COLUMNS if name not in taken} | theirs
    places = tuple(
        (columns.index(name), ours) for ours, name in named.items() if name and name in columns
    )
    errors = [*_twice(columns, named, row), *_missing(columns, named, row)]
    return Header(columns, places, tuple(errors), tuple(slips(columns, set(named.values()), row)))


def table_rows(
    lines: Iterator[Line | RowError],
    header: Header,
    warn: Callable[[RowWarning], None],
    hint: str,
) -> Iterator[SourceRow | RowError]:
    """The rows below a header; blank ones are left out, and the first fault of the file ends them.

    Args:
        lines: what follows the header.
        header: without errors.
        warn: takes what the author should look at.
        hint: what to do about a row that is too wide or too narrow.
    """
    n_rows = 0
    width = len(header.columns)
    for line in lines:
        if isinstance(line, RowError):
            yield line
            return
        number, texts = line
        if not any(texts):
            continue
        n_rows += 1
        if n_rows > MOST_ROWS:
            yield RowError(number, "", f"A manifest has at most {MOST_ROWS:,} rows.")
            return
        if len(texts) != width:
            found = f"The row has {len(texts)} cells but the header has {width}; {hint}"
            yield RowError(number, "", found)
            continue
        yield _row(number, header.cells(texts), warn)
    if not n_rows:
        yield RowError(2, "", "The manifest has a header but no rows; add one a track.")


def _row(
    number: int, cells: dict[str, str], warn: Callable[[RowWarning], None]
) -> SourceRow | RowError:
    try:
        checked_cells(cells)
    except CellFault as fault:
        return RowError(number, fault.column, str(fault))
    if not _FORMULA_SIGNS.isdisjoint([cell[:1] for cell in cells.values()]):
        for name, cell in cells.items():
            if _FORMULA.match(cell):
                message = f"{quote(cell)} would be a formula in a spreadsheet; it is kept as text."
                warn(RowWarning(number, name, message))
    return SourceRow(number, f"row {number}", cells)


def known_columns(written: Sequence[str], column_of: Mapping[str, str]) -> int:
    """How many columns of a header are ours or are mapped to one of ours."""
    known = {*KNOWN_COLUMNS, *(name.strip() for name in column_of.values())}
    return sum(name.strip() in known for name in written)


def _twice(columns: tuple[str, ...], named: Mapping[str, str], row: int) -> list[RowError]:
    used = set(named.values())
    repeated = sorted({name for name in columns if name in used and columns.count(name) > 1})
    return [
        RowError(row, name, f"The column {quote(name)} stands twice; remove one.")
        for name in repeated
    ]


def _missing(columns: tuple[str, ...], named: Mapping[str, str], row: int) -> list[RowError]:
    has = {ours for ours, name in named.items() if name in columns}
    errors = [
        RowError(row, name, f"The column {quote(named.get(name, name))} is missing; add it.")
        for name in REQUIRED_COLUMNS
        if name not in has
    ]
    if not has & {"track_id", "work_id"} and "track_id" not in REQUIRED_COLUMNS:
        message = f"The column {quote('track_id')} is missing; add it, or work_id for works alone."
        errors.append(RowError(row, "track_id", message))
    for role in ROLES:
        share = f"{role}_share_pct"
        if share in has and role not in has:
            message = f"There is a column {quote(share)} but none named {quote(role)}; add it."
            errors.append(RowError(row, role, message))
    return errors


def slips(columns: tuple[str, ...], used: set[str], row: int) -> list[RowWarning]:
    """Unknown columns are ignored, but one that looks like a slip is worth a word."""
    warnings = []
    for name in columns:
        near = difflib.get_close_matches(name.lower(), KNOWN_COLUMNS, n=1, cutoff=0.85)
        # One that has our very name was mapped away by the sender, who knows that it is ignored.
        if near and name not in used and name not in KNOWN_COLUMNS:
            message = f"The column {quote(name)} is not known and was ignored; is it {near[0]}?"
            warnings.append(RowWarning(row, name, message))
    return warnings
