"""Events and pieces as lines of NDJSON: their spelling, and batches for one request each."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tantieme_client.models import NewPiece, Revenue, Usage
from tantieme_client.problems import Invalid

Event = Usage | Revenue | Mapping[str, Any]
Line = Event | NewPiece

# The API takes 32 MiB at once; smaller batches are answered sooner, and repeated cheaper.
BATCH_BYTES, EVENTS = 4 << 20, 10_000


@dataclass(frozen=True)
class Batch:
    """Lines that are sent together."""

    content: bytes
    count: int


def spelled(event: Line) -> bytes:
    """An event or a piece as one line of JSON, without its end.

    Raises:
        ValueError: a moment has no time zone, or a number is none of JSON.
        TypeError: a value that JSON has no spelling for.
    """
    fields = dict(event) if isinstance(event, Mapping) else event.to_dict()
    return json.dumps(fields, default=_text, allow_nan=False, ensure_ascii=False).encode()


def batches(events: Iterable[Line], most_lines: int) -> Iterator[Batch]:
    """Cut lines into batches; memory holds one at a time."""
    lines: list[bytes] = []
    size_bytes = 0
    for event in events:
        line = spelled(event) + b"\n"
        if lines and (len(lines) == most_lines or size_bytes + len(line) > BATCH_BYTES):
            yield Batch(b"".join(lines), len(lines))
            lines, size_bytes = [], 0
        lines.append(line)
        size_bytes += len(line)
    if lines:
        yield Batch(b"".join(lines), len(lines))


def shifted(problem: Invalid, lines: int) -> Invalid:
    """The problem of a batch, its lines counted from the first event of all."""
    problem.errors = [
        place if place.line is None else replace(place, line=place.line + lines)
        for place in problem.errors
    ]
    return problem


def _text(value: object) -> str:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} needs a time zone.")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"{value!r} cannot be sent as JSON.")
