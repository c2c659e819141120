"""The whole manifest: its rows, and what is wrong in and between them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog.manifest.faults import RowError, RowWarning, quote
from catalog.manifest.rows import ManifestRow, parse_row
from catalog.manifest.table import LARGEST_BYTES, read_table


@dataclass(frozen=True)
class Manifest:
    """A manifest that was read. `rows` holds the rows without a fault of their own."""

    name: str
    sha256: str
    numbers: tuple[int, ...]  # of all rows, those at fault included
    rows: tuple[ManifestRow, ...]
    errors: tuple[RowError, ...]
    warnings: tuple[RowWarning, ...]


def read_manifest(path: Path) -> Manifest:
    """Read and check a manifest; nothing is raised for what it holds, all faults are listed."""
    try:
        with path.open("rb") as handle:
            content = handle.read(LARGEST_BYTES + 1)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        return Manifest(path.name, "", (), (), (RowError(0, "", message),), ())
    table = read_table(content)
    rows, errors, warnings = [], list(table.errors), list(table.warnings)
    for number, cells in table.rows:
        row, row_errors, row_warnings = parse_row(number, cells)
        errors += row_errors
        warnings += row_warnings
        if row is not None:
            rows.append(row)
    errors += _repeated(table.rows, "track_id")
    errors += _repeated(table.rows, "file")
    numbers = {number for number, _ in table.rows} | {
        error.row for error in errors if error.row > 1
    }
    return Manifest(
        name=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
        numbers=tuple(sorted(numbers)),
        rows=tuple(rows),
        errors=tuple(sorted(errors)),
        warnings=tuple(sorted(warnings)),
    )


def _repeated(rows: list[tuple[int, dict[str, str]]], field: str) -> Iterator[RowError]:
    """A refusal for each row whose identifier or file an earlier row has already."""
    first: dict[str, int] = {}
    for number, cells in rows:
        value = cells.get(field, "")
        earlier = first.setdefault(value, number)
        if value and earlier != number:
            message = f"{quote(value)} stands in row {earlier} already; each track has one row."
            yield RowError(number, field, message)
