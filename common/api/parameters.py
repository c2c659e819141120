"""Parameters of a query, read strictly: a filter that cannot be read must not show everything.

Each reader returns None where the parameter was not sent, and raises a `Problem` of the kind
`unknown-parameter` that names the parameter where its value cannot be used.
"""

import re
from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from common.api.problems import UNKNOWN_PARAMETER, Problem

MOST_LETTERS = 200
TIME_ZONE = re.compile(r"(Z|[+-]\d\d:?\d\d)$", re.ASCII)


def text(request: Request, name: str, *, most: int = MOST_LETTERS) -> str | None:
    """A text of 1 to `most` letters."""
    value = request.query_params.get(name)
    if value is not None and not 1 <= len(value) <= most:
        raise unusable(name, f"It must have 1 to {most} letters.")
    return value


def choice(request: Request, name: str, allowed: Collection[str]) -> str | None:
    """One of a fixed list."""
    value = request.query_params.get(name)
    if value is not None and value not in allowed:
        raise unusable(name, f"It must be one of {', '.join(sorted(allowed))}.")
    return value


def moment(request: Request, name: str) -> datetime | None:
    """A moment by RFC 3339, with its time zone."""
    value = request.query_params.get(name)
    if value is None:
        return None
    try:
        # A plus sign that was not escaped arrives as a space.
        found = parse_datetime(value.replace(" ", "+")) if TIME_ZONE.search(value) else None
        if found is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise unusable(name, "It must be a moment with a time zone, such as 2026-11-02T20:15:00Z.")


def day(request: Request, name: str) -> date | None:
    """A day by RFC 3339."""
    value = request.query_params.get(name)
    if value is None:
        return None
    try:
        found = parse_date(value) if re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII) else None
    except ValueError:
        found = None
    if found is None:
        raise unusable(name, "It must be a day, such as 2026-11-02.")
    return found


def truth(request: Request, name: str) -> bool | None:
    """`true` or `false`."""
    value = choice(request, name, ("true", "false"))
    return None if value is None else value == "true"


def unusable(name: str, detail: str) -> Problem:
    """What to raise for a parameter whose value cannot be used."""
    return Problem(
        UNKNOWN_PARAMETER, f"{name}: {detail}", errors=[{"field": name, "detail": detail}]
    )


def since_and_until(name: str, what: str) -> list[OpenApiParameter]:
    """The description of a pair of filters: `<name>_since`, inclusive, and `<name>_until`, not."""
    return [
        OpenApiParameter(f"{name}_since", datetime, description=f"{what} at this moment or later."),
        OpenApiParameter(f"{name}_until", datetime, description=f"{what} before this moment."),
    ]


def between(request: Request, name: str, field: str) -> dict[str, Any]:
    """Conditions for a query set on a moment's field, from the pair `<name>_since`, `_until`."""
    since, until = moment(request, f"{name}_since"), moment(request, f"{name}_until")
    conditions = {f"{field}__gte": since, f"{field}__lt": until}
    return {key: value for key, value in conditions.items() if value is not None}
