"""What must hold when the year is over; each check says what it found, and every fault it found."""

from collections.abc import Callable, Iterator

from demo.year.checks import banks, books, outside
from demo.year.checks.check import Check
from demo.year.world import World

__all__ = ["Check", "checks"]

EVERY: tuple[Callable[[World], Check], ...] = (
    books.trial_balance_is_zero,
    books.nothing_was_altered,
    books.money_is_conserved,
    books.accounts_go_on_where_they_ended,
    banks.invoices_are_paid_or_open,
    banks.banks_were_told_what_was_booked,
    outside.statements_are_proved,
    outside.roots_are_those_that_were_published,
    outside.beancount_agrees,
)


def checks(world: World) -> Iterator[Check]:
    """All checks, one after the other."""
    for check in EVERY:
        yield check(world)
