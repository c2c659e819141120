"""A JSON object that was sent, held strictly against the serializer that describes it.

Forms are lenient (`"1"` is a number, a number is a text, what is unknown is ignored), because all
that a form sends is text. In JSON that hides mistakes: a misspelt optional field would be as if it
were not there. So a body's serializer derives from `Sent`; what it does not name is refused, values
must have the JSON type that the description says, and faults are JSON pointers (RFC 6901).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers
from rest_framework.request import Request

from common.api.bodies import Lines
from common.api.parameters import TIME_ZONE
from common.api.problems import INVALID, Place, Problem

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
MOST_FAULTS = 100

_Field = serializers.Field[Any, Any, Any, Any]


class Sent(serializers.Serializer[Any]):
    """What a body must be; only the fields that are named here may stand in it."""


class Text(serializers.RegexField):
    """A text of a pattern, held against all of it: `$` alone would let a line feed pass."""

    def __init__(self, pattern: str, **options: Any) -> None:
        super().__init__(pattern, trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        if str(data).endswith("\n"):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class SentSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Says in the API's description that nothing else is taken."""

    target_class = "common.api.objects.Sent"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**schema, "additionalProperties": False}


def object_of(request: Request, form: type[Sent]) -> dict[str, Any]:
    """The values of the JSON object that was sent, by the serializer's fields.

    Raises:
        Problem: there is no body, or something in it is wrong; `errors` says where.
    """
    sent = request.data
    if not isinstance(sent, Lines):  # a request without a body is not even parsed
        raise Problem(INVALID, "The body is empty; send a JSON object.")
    return checked(json.load(sent.stream), form)


def checked(value: dict[str, Any], form: type[Sent]) -> dict[str, Any]:
    """An object that was read from JSON, by the serializer's fields; as `object_of`."""
    checking = form(data=value)
    places = list(_mistyped(checking, value, ""))
    if not places and not checking.is_valid():
        places = list(_places(checking.errors, ""))
    if places:
        raise faulty(places)
    return dict(checking.validated_data)


def faulty(places: list[Place]) -> Problem:
    """The problem of an object with these faults."""
    first = places[0]
    detail = f"{first['pointer']}: {first['detail']}" if first.get("pointer") else first["detail"]
    if len(places) > 1:
        more = f" The first {MOST_FAULTS} are listed." if len(places) > MOST_FAULTS else ""
        detail = f"{len(places)} things are wrong; errors lists them.{more}"
    return Problem(INVALID, detail, errors=places[:MOST_FAULTS])


def pointer(*steps: str | int) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _mistyped(field: _Field, value: Any, at: str) -> Iterator[Place]:
    """What has another JSON type than its field, or no field."""
    if value is None and field.allow_null:
        return
    if not _fits(field, value):
        yield {"pointer": at, "detail": f"It must be {_rule(field).words}."}
    elif isinstance(field, serializers.ListSerializer | serializers.ListField):
        if field.child is not None:
            for index, each in enumerate(value):
                yield from _mistyped(field.child, each, at + pointer(index))
    elif isinstance(field, serializers.Serializer):
        for name, each in value.items():
            if name in field.fields:
                yield from _mistyped(field.fields[name], each, at + pointer(name))
            else:
                known = ", ".join(field.fields)
                yield {
                    "pointer": at + pointer(name[:100]),
                    "detail": f"There is no such field; known are {known}.",
                }


def _fits(field: _Field, value: Any) -> bool:
    return _rule(field).fits(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and value == value // 1


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and UUID.fullmatch(value) is not None


def _is_moment(value: Any) -> bool:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return TIME_ZONE.search(value) is not None


def _is_day(value: Any) -> bool:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return DAY.fullmatch(value) is not None


class _Rule(NamedTuple):
    """What kind of value a kind of field takes, in words and as a check."""

    kind: type[Any]
    words: str
    fits: Callable[[Any], bool]


_LIST = ("a list", lambda value: isinstance(value, list))
_OBJECT = ("an object", lambda value: isinstance(value, dict))
# The first that a field is an instance of; the more special before the more general.
RULES = (
    _Rule(serializers.ListSerializer, *_LIST),
    _Rule(serializers.ListField, *_LIST),
    _Rule(serializers.Serializer, *_OBJECT),
    _Rule(serializers.DictField, *_OBJECT),
    _Rule(serializers.BooleanField, "true or false", lambda value: isinstance(value, bool)),
    _Rule(serializers.IntegerField, "a whole number", _is_whole),
    _Rule(serializers.FloatField, "a number", _is_number),
    _Rule(serializers.JSONField, "anything", lambda _: True),
    _Rule(serializers.UUIDField, "an id of ours, a UUID", _is_id),
    _Rule(
        serializers.DateTimeField,
        "a moment with a time zone, such as 2026-11-02T20:15:00Z",
        _is_moment,
    ),
    _Rule(serializers.DateField, "a day, such as 2026-11-02", _is_day),
    _Rule(serializers.Field, "a text", lambda value: isinstance(value, str)),
)


def _rule(field: _Field) -> _Rule:
    return next(rule for rule in RULES if isinstance(field, rule.kind))


def _places(errors: Any, at: str) -> Iterator[Place]:
    """The faults that a serializer found, each with its pointer."""
    if isinstance(errors, Mapping):
        for name, below in errors.items():
            yield from _places(below, at if name == "non_field_errors" else at + pointer(str(name)))
    elif isinstance(errors, list) and any(isinstance(each, Mapping) for each in errors):
        for index, below in enumerate(errors):
            yield from _places(below, at + pointer(index))
    else:
        for each in errors:
            yield {"pointer": at, "detail": str(each)}
