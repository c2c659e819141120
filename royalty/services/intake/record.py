"""One line's JSON object, read field by field; every fault is noted, none stops the reading."""

import json
import re
from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

from royalty.models.events import ID_LENGTH

MAX_COUNT = 1_000_000_000
# Neither control characters (NUL above all) nor halves of surrogate pairs, which are no text.
_TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", flags=re.ASCII
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", flags=re.ASCII)

# What a field that could not be read counts as; rows with faults are never stored.
NO_INSTANT = datetime.min.replace(tzinfo=UTC)
NO_DAY = date.min


class BrokenLine(Exception):
    """The line is no JSON object; the message says why."""


def parse(line: bytes) -> "Record":
    """The object on a line.

    Raises:
        BrokenLine: not UTF-8, not JSON, not an object, or a field that comes twice.
    """
    try:
        content = _DECODER.decode(line.decode())
    except UnicodeDecodeError as error:
        raise BrokenLine(f"This is not UTF-8: byte {error.start + 1} of the line.") from error
    except json.JSONDecodeError as error:
        raise BrokenLine(
            f"This is not JSON: {error.msg.removesuffix(' at')} at column {error.colno}."
        ) from error
    except (RecursionError, ValueError) as error:
        raise BrokenLine(
            "This cannot be read: it is nested too deep or a number is too long."
        ) from error
    if not isinstance(content, dict):
        raise BrokenLine("A line is one JSON object: {...}.")
    return Record(content)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BrokenLine(f"The field {twice!r} comes twice.")
    return content


_DECODER = json.JSONDecoder(object_pairs_hook=_unique)


class Record:
    """Fields of one line and the faults found in them: (field, message)."""

    def __init__(self, content: dict[str, Any]) -> None:
        self._content = content
        self.faults: list[tuple[str, str]] = []

    def fault(self, field: str, message: str) -> None:
        self.faults.append((field, message))

    def __contains__(self, field: str) -> bool:
        return field in self._content

    @property
    def event_id(self) -> str:
        """How the line calls its event, for a result that tells of it; empty if it is no name."""
        value = self._content.get("event_id")
        known = type(value) is str and len(value) <= ID_LENGTH and _TEXT.fullmatch(value)
        return str(value) if known else ""

    def check_fields(self, fields: Collection[str], optional: Collection[str] = ()) -> None:
        """Every field is there, and no other but the optional ones."""
        if self._content.keys() == set(fields):
            return
        for name in fields:
            if name not in self._content:
                self.fault(name, "It is missing.")
        for name in self._content.keys() - {*fields, *optional}:
            shown = name[:ID_LENGTH].encode(errors="replace").decode()
            known = ", ".join((*fields, *optional))
            self.fault(shown, f"It is not a field of this line; known are {known}.")

    def text(self, field: str, limit: int = ID_LENGTH) -> str:
        """A text of 1 to `limit` characters, without control characters."""
        value = self._content.get(field)
        if type(value) is str and 0 < len(value) <= limit and _TEXT.fullmatch(value):
            return value
        if field in self._content:
            self.fault(field, self._text_fault(value, limit))
        return ""

    @staticmethod
    def _text_fault(value: object, limit: int) -> str:
        if type(value) is not str:
            return f"It must be a text in quotes, not {_shown(value)}."
        if not value:
            return "It is empty."
        if len(value) > limit:
            return f"It has {len(value)} characters; {limit} are allowed."
        return "It contains a control character or something else that is not text."

    def choice(self, field: str, choices: Collection[str]) -> str:
        """One of some words."""
        value = self._content.get(field)
        if type(value) is str and value in choices:
            return value
        if field in self._content:
            self.fault(field, f"It must be {' or '.join(choices)}, not {_shown(value)}.")
        return ""

    def count(self, field: str, least: int = 1) -> int:
        """A whole number from `least` to MAX_COUNT."""
        value = self._content.get(field)
        if type(value) is int and least <= value <= MAX_COUNT:
            return value
        if field in self._content:
            self.fault(
                field,
                f"It must be a whole number from {least} to {MAX_COUNT:,}, not {_shown(value)}.",
            )
        return 0

    def instant(self, field: str) -> datetime:
        """A moment with its time zone, in UTC."""
        value = self._content.get(field)
        if type(value) is str and _INSTANT.fullmatch(value):
            try:
                return datetime.fromisoformat(value).astimezone(UTC)
            except (ValueError, OverflowError):
                pass
        if field in self._content:
            self.fault(
                field,
                f"It must be a moment with a time zone like 2026-10-03T12:00:00Z,"
                f" not {_shown(value)}.",
            )
        return NO_INSTANT

    def day(self, field: str) -> date:
        """A calendar day."""
        value = self._content.get(field)
        if type(value) is str and _DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        if field in self._content:
            self.fault(field, f"It must be a day like 2026-10-03, not {_shown(value)}.")
        return NO_DAY


def _shown(value: object) -> str:
    """A value as the sender wrote it, cut short."""
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
