"""A delivery's report for whoever sent it: its own columns, and beside them what became of a row.

Cells come back as they were sent. One that a spreadsheet would compute gets an apostrophe before
it, so that opening a report runs nothing.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from catalog.deliveries.models import Delivery, DeliveryRow
from catalog.manifest.columns import KNOWN_COLUMNS

ADDED = ("row", "place", "outcome", "changes", "reason", "repair")
ROWS_A_FETCH = 2_000
# What spreadsheets take for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def report_csv(delivery: Delivery) -> Iterator[str]:
    """The report as lines of CSV, however many rows there are."""
    ours = _columns(delivery)
    theirs = [delivery.column_of.get(name, name) for name in ours]
    yield _line([*ADDED, *map(harmless, theirs)])
    for row in _rows(delivery):
        reasons = "; ".join(_reasons(row.faults))
        repairs = "; ".join(
            f"{fault['field']}: {fault['repair']}" for fault in row.faults if fault["repair"]
        )
        said = [row.place, row.outcome, ", ".join(row.changes), reasons, repairs]
        cells = [row.cells.get(name, "") for name in ours]
        yield _line([str(row.number), *map(harmless, [*said, *cells])])


def row_as_json(row: DeliveryRow) -> dict[str, Any]:
    """One row of the report, for programs."""
    return {
        "row": row.number,
        "place": row.place,
        "kind": row.kind,
        "ref": row.ref,
        "outcome": row.outcome,
        "is_written": row.is_written,
        "changes": row.changes,
        "faults": row.faults,
        "cells": row.cells,
    }


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _columns(delivery: Delivery) -> list[str]:
    first = delivery.rows.exclude(cells={}).order_by("number").first()
    said = set(first.cells) if first else set()
    return [name for name in KNOWN_COLUMNS if name in said]


def _rows(delivery: Delivery) -> Iterable[DeliveryRow]:
    return delivery.rows.order_by("number").iterator(chunk_size=ROWS_A_FETCH)


def _reasons(faults: Iterable[dict[str, str]]) -> Iterator[str]:
    for fault in faults:
        yield f"{fault['field']}: {fault['message']}" if fault["field"] else fault["message"]


def _line(cells: list[str]) -> str:
    output = io.StringIO()
    csv.writer(output).writerow(cells)
    return output.getvalue()
