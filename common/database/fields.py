"""Kinds of columns that PostgreSQL has and Django does not."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.types.multirange import Int4Multirange
from psycopg.types.range import Int4Range


class IntMultirangeField(models.Field):  # type: ignore[type-arg]
    """Half-open ranges of integers: a sequence of (start, end) here, an `int4multirange` there."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "int4multirange"

    def get_prep_value(self, value: Any) -> Int4Multirange | None:
        return value if value is None else _multirange(value)

    def from_db_value(
        self, value: Int4Multirange | None, *_: object
    ) -> tuple[tuple[int, int], ...] | None:
        if value is None:
            return None
        return tuple((each.lower or 0, each.upper or 0) for each in value)


def _multirange(ranges: Sequence[tuple[int, int]]) -> Int4Multirange:
    return Int4Multirange([Int4Range(start, end) for start, end in ranges])
