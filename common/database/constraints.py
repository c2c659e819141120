"""Constraints that several apps need in the same words."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db.models import F, Func, Q
from django.db.models.expressions import Combinable


def no_overlap(
    *,
    name: str,
    same: list[str | Combinable],
    days: tuple[str, str],
    overlapping: str = "",
    differing: str = "",
    condition: Q | None = None,
    message: str | None = None,
) -> ExclusionConstraint:
    """No two rows that agree in all of `same` may share a day.

    Args:
        same: fields or expressions; two NULLs never agree, so map them to something.
        days: the fields with the first day and the first day after (NULL: no end).
        overlapping: a field of ranges; rows that have none of it in common may share days.
        differing: a field in which two rows must differ to be refused; else they may share days.
        condition: which rows the constraint is about; all, unless told.
        message: what is said when a form or a service checks before the database does.
    """
    first, after = days
    period = Func(F(first), F(after), function="daterange", output_field=DateRangeField())
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((F(part) if isinstance(part, str) else part, RangeOperators.EQUAL) for part in same),
            (period, RangeOperators.OVERLAPS),
            *([(F(overlapping), RangeOperators.OVERLAPS)] if overlapping else []),
            *([(F(differing), RangeOperators.NOT_EQUAL)] if differing else []),
        ],
        condition=condition,
        violation_error_message=message,
    )
