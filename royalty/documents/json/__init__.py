"""The statement as JSON, for programs: one object, whose shape `schema.json` beside this says.

Amounts and shares are strings of exact decimals, because many readers take a number for a double.
UTF-8, keys in the order of the schema, one row a line.
"""

import json
from collections.abc import Iterable, Iterator
from importlib.resources import files
from itertools import islice
from typing import Any

from royalty.documents.records import (
    HEAD,
    OWN,
    TAIL,
    Column,
    Record,
    Unit,
    Value,
    exact,
    head_values,
    records,
    tail_values,
)
from royalty.documents.statement import StatementDocument, StatementLine

FORMAT = "tantieme statement 1"
SCHEMA = files(__package__) / "schema.json"
_ROWS_A_CHUNK = 1_000


def statement_json(document: StatementDocument, lines: Iterable[StatementLine]) -> Iterator[bytes]:
    """The object in chunks of bytes; memory does not grow with the lines.

    Raises StatementError as `records` does: discard what was written.
    """
    head = {
        "format": FORMAT,
        **_named(document, HEAD, head_values(document)),
        **_named(document, TAIL, tail_values(document)),
        "payable": exact(document.payable_atoms, Unit.ATOMS, document.scale),
        "input_sha256": document.input_hash,
        "lines_sha256": document.lines_hash,
        "changes": [
            {"label": change.label, "amount": exact(change.atoms, Unit.ATOMS, document.scale)}
            for change in document.changes
        ],
    }
    yield _text(head)[:-1].encode() + b', "rows": ['
    rows = (_text(_named(document, OWN, row)) for row in records(document, lines))
    comma = "\n"
    while chunk := list(islice(rows, _ROWS_A_CHUNK)):
        yield (comma + ",\n".join(chunk)).encode()
        comma = ",\n"
    yield b"\n]}\n"


def _named(
    document: StatementDocument, columns: tuple[Column, ...], values: Record
) -> dict[str, Any]:
    """Values by their names, without those that do not apply."""
    pairs = zip(columns, values, strict=True)
    return {
        column.name: _value(document, column, value)
        for column, value in pairs
        if value is not None and value != ""
    }


def _value(document: StatementDocument, column: Column, value: Value) -> str | int | None:
    return value if column.unit is Unit.COUNT else exact(value, column.unit, document.scale)


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
