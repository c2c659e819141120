"""When what happens in the simulated year. The happening itself is in `events.py`."""

from calendar import month_abbr
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from demo.economy import SERVICES, Month, Service


@dataclass(frozen=True)
class Plan:
    """In which month what happens; the first one is 1. Payments of a month leave in the next."""

    months: int = 12
    advance: int = 2
    dispute: int = 3
    correction: int = 4
    late_usage: int = 5  # of two months before
    failed_payment: int = 5  # paid again the month after, with new bank details
    sale: int = 6
    part_payment: int = 7  # by the platform, of what the month before left
    sale_known: int = 8
    document_ends: int = 8  # on its last day
    robot: int = 9
    paid_up: int = 9  # the rest of it
    agreement: int = 10  # ends the dispute
    document_renewed: int = 11

    def __post_init__(self) -> None:
        pairs = (
            (self.sale, self.sale_known),
            (self.dispute, self.agreement),
            (self.part_payment, self.paid_up),
            (self.document_ends, self.document_renewed),
        )
        if any(first >= then for first, then in pairs) or self.late_usage < 3:
            raise ValueError("What follows cannot come before what it follows from.")


def services() -> list[Service]:
    """Those of the demo; what no track accounts for goes back to the platform, or is held."""
    studio, club = SERVICES
    return [replace(studio, fallback="platform"), club]


@dataclass(frozen=True)
class Calendar:
    """The months of a plan, counted from a first day; one more follows, in which the last is
    closed and paid."""

    begins_on: date
    plan: Plan

    def month(self, number: int) -> Month:
        """The month of a number, from 1."""
        starts_on = first_of(self.begins_on, number - 1)
        return Month(starts_on, first_of(starts_on, 1), prefix=f"{starts_on:%Y-%m}-")

    def number(self, month: Month) -> int:
        """The number of a month."""
        years = month.starts_on.year - self.begins_on.year
        return years * 12 + month.starts_on.month - self.begins_on.month + 1


def first_of(day: date, months: int) -> date:
    """The first day of the month so many months later."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def at(month: Month, day: int) -> datetime:
    """Nine in the morning on a day of the month."""
    return datetime.combine(month.starts_on.replace(day=day), datetime.min.time(), UTC).replace(
        hour=9
    )


def name_of(month: Month) -> str:
    return month_abbr[month.starts_on.month]
