"""JSON: an array of objects, or one object a line (NDJSON), read object by object.

Members are named as the manifest's columns are. Parties may also stand as lists of objects, the
list named by the role, in the singular or plural:

    {"title": "…", "composers": [{"name": "Clara Schumann", "share_pct": 100, "isni": "…"}]}

Numbers are kept as they are written, so that 33.3333 stays 33.3333.
"""

import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO

from catalog.formats.encoding import find_encoding
from catalog.formats.parties import cells_of_parties
from catalog.formats.source import (
    MOST_ROWS,
    CellFault,
    Source,
    SourceRow,
    checked_cells,
    refused,
)
from catalog.formats.tables import MOST_COLUMNS, slips
from catalog.manifest.columns import KNOWN_COLUMNS, ROLES
from catalog.manifest.faults import RowError, quote

FORMAT = "json"
LONGEST_OBJECT = 1 << 20  # characters
_BLOCK = 1 << 18
_SPACE = " \t\r\n"
_KNOWN_MEMBERS = {*KNOWN_COLUMNS, *(f"{role}s" for role in ROLES)}
_OF_PARTY = {"name": "", "share_pct": "_share_pct"} | {
    kind: f"_{kind}" for kind in ("wikidata", "ipi", "isni", "ddex")
}


@dataclass(frozen=True)
class _Item:
    """One object and where it stands."""

    number: int
    place: str
    members: dict[str, Any]


class _Bad(ValueError):
    """A value that JSON allows and that nobody can mean."""


def open_json(handle: BinaryIO, column_of: Mapping[str, str]) -> Source:
    """The rows of a JSON or NDJSON file; the source closes `handle`."""
    encoding = find_encoding(handle)
    if isinstance(encoding, RowError):
        handle.close()
        return refused(FORMAT, encoding)
    text = io.TextIOWrapper(handle, encoding=encoding.codec)
    items = _items(text)
    first = next(items, None)
    columns = tuple(first.members)[:MOST_COLUMNS] if isinstance(first, _Item) else ()
    names = {ours: name for ours, name in column_of.items() if ours in KNOWN_COLUMNS}
    source = Source(FORMAT, columns, iter(()), files_beside=True, let_go=text.close)
    for warning in (*encoding.warnings, *slips(columns, {*_KNOWN_MEMBERS, *names.values()}, 2)):
        source.warn(warning)
    source.rows = _rows(text, chain([first] if first else [], items), names)
    return source


def _rows(
    text: io.TextIOWrapper, items: Iterator[_Item | RowError], names: Mapping[str, str]
) -> Iterator[SourceRow | RowError]:
    n_rows = 0
    ours_of = {theirs: ours for ours, theirs in names.items()}
    with text:
        for item in items:
            n_rows += 1
            if n_rows > MOST_ROWS:
                yield RowError(n_rows + 1, "", f"A file has at most {MOST_ROWS:,} objects.")
                return
            yield item if isinstance(item, RowError) else _row(item, ours_of)
    if not n_rows:
        yield RowError(1, "", "The file holds no objects; write one for each track.")


def _row(item: _Item, ours_of: Mapping[str, str]) -> SourceRow | RowError:
    cells: dict[str, str] = {}
    try:
        for name, value in item.members.items():
            for ours, cell in _cells(ours_of.get(name, name), value):
                if ours in cells:
                    raise CellFault(ours, f"{quote(ours)} is said twice; say it once.")
                cells[ours] = cell
        return SourceRow(item.number, item.place, checked_cells(cells))
    except CellFault as fault:
        return RowError(item.number, fault.column, f"{item.place.capitalize()}: {fault}")


def _cells(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """What one member says under our columns; nothing if its name is none of ours."""
    role = name if name in ROLES else name.removesuffix("s")
    if role in ROLES and isinstance(value, list):
        yield from cells_of_parties(role, [_party(name, each) for each in value]).items()
    elif name in KNOWN_COLUMNS:
        if isinstance(value, list):
            yield name, ";".join(_scalar(name, each) for each in value)
        else:
            yield name, _scalar(name, value)


def _party(name: str, value: Any) -> dict[str, str]:
    """A party's particulars by the endings of their columns."""
    if not isinstance(value, dict):
        return {"": _scalar(name, value)}
    unknown = sorted(set(value) - set(_OF_PARTY))
    if unknown:
        known = ", ".join(_OF_PARTY)
        message = f"{quote(unknown[0])} is not known of a party; {known} are."
        raise CellFault(name, message)
    return {_OF_PARTY[key]: _scalar(name, each) for key, each in value.items()}


def _scalar(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.strip()
    raise CellFault(name, "The value is a list or an object; write a text or a number.")


def _items(text: io.TextIOWrapper) -> Iterator[_Item | RowError]:
    start = ""
    while character := text.read(1):
        if character not in _SPACE:
            start = character
            break
    text.seek(0)
    if start == "[":
        yield from _of_array(text)
    elif start:
        yield from _of_lines(text)


def _of_lines(text: io.TextIOWrapper) -> Iterator[_Item | RowError]:
    """The objects of NDJSON; a bad line is one row's fault."""
    number = 0
    line_number = 0
    while line := text.readline(LONGEST_OBJECT + 1):
        line_number += 1
        if not line.strip():
            continue
        number += 1
        place = f"line {line_number}"
        if len(line) > LONGEST_OBJECT:
            yield _too_long(number + 1, place)
            return
        try:
            yield _item(number + 1, place, _DECODER.decode(line))
        except (ValueError, RecursionError) as error:
            yield _no_json(number + 1, place, error)


def _of_array(text: io.TextIOWrapper) -> Iterator[_Item | RowError]:
    """The objects of an array; behind a fault nothing can be told apart, so it ends them."""
    buffer, number = text.read(_BLOCK), 0
    at = buffer.index("[") + 1
    while True:
        buffer, at = _skipped(text, buffer, at)
        if buffer[at : at + 1] == "]":
            return
        if number:
            if buffer[at : at + 1] != ",":
                yield _no_json(
                    number + 2, f"item {number + 1}", _Bad("a comma is missing before it")
                )
                return
            buffer, at = _skipped(text, buffer, at + 1)
        number += 1
        place = f"item {number}"
        try:
            value, buffer, at = _value(text, buffer, at)
        except (ValueError, RecursionError) as error:
            yield _no_json(number + 1, place, error)
            return
        yield _item(number + 1, place, value)


def _value(text: io.TextIOWrapper, buffer: str, at: int) -> tuple[Any, str, int]:
    """The value that begins at `at`, with the buffer and the place behind it."""
    while True:
        try:
            value, end = _DECODER.raw_decode(buffer, at)
        except json.JSONDecodeError:
            more = text.read(_BLOCK)
            if not more or len(buffer) - at > LONGEST_OBJECT:
                raise
            buffer, at = buffer[at:] + more, 0
        else:
            return value, buffer, end


def _skipped(text: io.TextIOWrapper, buffer: str, at: int) -> tuple[str, int]:
    """The buffer and the place of the next sign that is no space."""
    while True:
        while at < len(buffer) and buffer[at] in _SPACE:
            at += 1
        if at < len(buffer):
            return buffer, at
        buffer, at = text.read(_BLOCK), 0
        if not buffer:
            return buffer, at


def _item(number: int, place: str, value: Any) -> _Item | RowError:
    if isinstance(value, dict):
        return _Item(number, place, value)
    return RowError(number, "", f"{place.capitalize()} is no object; write {{…}} for each track.")


def _no_json(number: int, place: str, error: Exception) -> RowError:
    reason = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
    reason = error.msg if isinstance(error, json.JSONDecodeError) else reason
    return RowError(number, "", f"{place.capitalize()} is no JSON: {reason}.")


def _too_long(number: int, place: str) -> RowError:
    message = f"{place.capitalize()} has more than {LONGEST_OBJECT:,} characters; no row has."
    return RowError(number, "", message)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        times = Counter(name for name, _ in pairs)
        twice = next(name for name, count in times.items() if count > 1)
        raise _Bad(f"{quote(twice)} stands twice in one object")
    return members


def _no_number(constant: str) -> Any:
    raise _Bad(f"{constant} is no number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=str, parse_int=str, parse_constant=_no_number
)
