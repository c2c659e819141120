"""From a file to rows of cells: size, encoding, delimiter, header, number of cells."""

import csv
import difflib
import io
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.manifest.columns import KNOWN_COLUMNS, REQUIRED_COLUMNS, ROLES
from catalog.manifest.faults import RowError, RowWarning, quote

LARGEST_BYTES = 64 << 20
MOST_ROWS = 100_000
_BYTE_ORDER_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


@dataclass(frozen=True)
class Table:
    """The rows of a manifest: (row number, column → stripped cell). Blank lines are left out."""

    rows: list[tuple[int, dict[str, str]]]
    errors: list[RowError]
    warnings: list[RowWarning]


def read_table(content: bytes) -> Table:
    """The table in a CSV file's bytes; what cannot be read is among the errors."""
    decoded = _decode(content)
    if isinstance(decoded, RowError):
        return Table([], [decoded], [])
    lines = _lines(decoded)
    header = next(lines, None)
    if header is None:
        return Table([], [RowError(1, "", "The manifest is empty; begin it with a header.")], [])
    if isinstance(header, RowError):
        return Table([], [header], [])
    columns = [name.strip() for name in header[1]]
    errors = _header_errors(columns)
    if errors:
        return Table([], errors, [])
    return _body(columns, lines)


def _body(columns: list[str], lines: "Iterator[_Line | RowError]") -> Table:
    rows: list[tuple[int, dict[str, str]]] = []
    errors: list[RowError] = []
    for line in lines:
        if isinstance(line, RowError):
            errors.append(line)
            continue
        number, cells = line
        if len(rows) == MOST_ROWS:
            errors.append(RowError(number, "", f"A manifest has at most {MOST_ROWS:,} rows."))
            break
        if len(cells) != len(columns):
            errors.append(_wrong_width(number, len(cells), len(columns)))
        elif any(cells):
            named = zip(columns, cells, strict=True)
            rows.append((number, {name: cell for name, cell in named if name in KNOWN_COLUMNS}))
    if not rows and not errors:
        errors.append(RowError(2, "", "The manifest has a header but no rows; add one a track."))
    return Table(rows, errors, _header_warnings(columns))


def _decode(content: bytes) -> str | RowError:
    if len(content) > LARGEST_BYTES:
        limit = LARGEST_BYTES >> 20
        return RowError(0, "", f"The manifest is larger than {limit} MiB; split it into several.")
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        encoding = _BYTE_ORDER_MARKS.get(content[:2], "another encoding")
        line = content.count(b"\n", 0, error.start) + 1
        return RowError(
            line,
            "",
            f"The manifest is not UTF-8 but {encoding} (byte {error.start:,}, line {line}); "
            "save it as “CSV UTF-8”.",
        )
    if "\0" in decoded:
        line = decoded.count("\n", 0, decoded.index("\0")) + 1
        return RowError(line, "", f"Line {line} holds a NUL byte; this is no text file.")
    return decoded


_Line = tuple[int, list[str]]


def _lines(decoded: str) -> Iterator[_Line | RowError]:
    """Numbered rows of stripped cells; a fault of the CSV itself ends them."""
    reader = csv.reader(io.StringIO(decoded, newline=""), strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if cells:
                yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        yield RowError(
            number + 1, "", f"The row cannot be read as CSV ({error}); check its quotation marks."
        )


def _wrong_width(number: int, found: int, expected: int) -> RowError:
    return RowError(
        number,
        "",
        f"The row has {found} cells but the header has {expected}; "
        "put cells that contain a comma into quotation marks.",
    )


def _header_errors(columns: list[str]) -> list[RowError]:
    wrong_delimiter = _wrong_delimiter(columns)
    if wrong_delimiter:
        return [wrong_delimiter]
    duplicates = sorted({name for name in columns if name and columns.count(name) > 1})
    errors = [
        RowError(1, name, f"The column {quote(name)} stands twice; remove one.")
        for name in duplicates
        if name in KNOWN_COLUMNS
    ]
    errors += [
        RowError(1, name, f"The column {quote(name)} is missing; add it.")
        for name in REQUIRED_COLUMNS
        if name not in columns
    ]
    for role in ROLES:
        for have, need in ((role, f"{role}_share_pct"), (f"{role}_share_pct", role)):
            if have in columns and need not in columns:
                message = f"There is a column {quote(have)} but none named {quote(need)}; add it."
                errors.append(RowError(1, need, message))
    return errors


def _wrong_delimiter(columns: list[str]) -> RowError | None:
    if len(columns) != 1:
        return None
    for delimiter, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if delimiter in columns[0]:
            return RowError(
                1, "", f"The columns are separated by {name}; save the manifest with commas."
            )
    return None


def _header_warnings(columns: list[str]) -> list[RowWarning]:
    """Unknown columns are ignored, but one that looks like a slip is worth a word."""
    warnings = []
    for name in columns:
        near = difflib.get_close_matches(name.lower(), KNOWN_COLUMNS, n=1, cutoff=0.85)
        if name not in KNOWN_COLUMNS and near:
            message = f"The column {quote(name)} is not known and was ignored; is it {near[0]}?"
            warnings.append(RowWarning(1, name, message))
    return warnings
