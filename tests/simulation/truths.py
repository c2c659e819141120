"""What is true after any year, and what a month comes to once everything is known."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

from common.money import currency
from royalty.models import (
    AccountKind,
    Entry,
    Journal,
    Period,
    RevenueEvent,
    Side,
    Statement,
    UsageEvent,
)
from royalty.selectors.credits import Credits, credits_of, posted_credits
from royalty.selectors.ledger import payable_balances, trial_balance
from royalty.selectors.runs import books_of
from royalty.selectors.verification import verify_ledger
from royalty.services.runs import make_run
from tests.royalty.cast import AFTER
from tests.simulation.year import Year

SIGNED = "sum(CASE side WHEN 'debit' THEN amount_atoms ELSE -amount_atoms END)"
MISMATCHES = """
    SELECT idempotency_key FROM royalty_journal journal
      LEFT JOIN royalty_journalseal seal ON seal.journal_id = journal.id
     WHERE seal.entry_count IS DISTINCT FROM
           (SELECT count(*) FROM royalty_entry WHERE journal_id = journal.id)
"""


@dataclass(frozen=True)
class Outcome:
    """A month as it is apportioned from all that is known now."""

    snapshot_sha256: str
    lines_sha256: str
    credits: Credits


def outcome(period: Period, year: Year) -> Outcome:
    """Apportion a month whatever its status, and leave nothing of it."""
    with transaction.atomic():
        run = make_run(period, year.world.ann, AFTER)
        found = Outcome(run.snapshot_sha256, run.lines_sha256, credits_of(books_of(run)))
        transaction.set_rollback(True)
    return found


def falsehoods(year: Year) -> list[str]:
    """Everything that should never be, whatever happened; empty in a right world."""
    return [
        *_miscounted(year),
        *_out_of_balance(),
        *_wrong_statements(year),
        *(() if any(map(has_released, year.months)) else _wrong_revenue(year)),
        *verify_ledger(),
    ]


def _miscounted(year: Year) -> Iterator[str]:
    """Every accepted event counts once, and nothing else does."""
    used = dict(UsageEvent.objects.values_list("event_id", "count"))
    if used != {name: line["count"] for name, line in year.accepted["usage"].items()}:
        yield "The uses in the database are not those that were accepted."
    earned = dict(RevenueEvent.objects.values_list("event_id", "amount_atoms"))
    money = currency("EUR")
    said = year.accepted["revenue"].items()
    if earned != {name: money.parse_atoms(line["amount"]) for name, line in said}:
        yield "The revenue in the database is not what was accepted."


def _out_of_balance() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT currency, {SIGNED} FROM royalty_entry GROUP BY currency")
        yield from (f"{code} is off by {atoms}." for code, atoms in cursor.fetchall() if atoms)
        cursor.execute(MISMATCHES)
        yield from (f"{key} is not whole." for (key,) in cursor.fetchall())
    for row in trial_balance().rows:
        if row.account.kind == AccountKind.PERIOD_REVENUE and row.balance_atoms:
            yield f"{row.balance_atoms} atoms of revenue were not apportioned."


def _wrong_statements(year: Year) -> Iterator[str]:
    """Each statement closes with what the ledger owes, and opens where the last one closed."""
    closed: dict[str, int] = {}
    for period in sorted(year.months, key=lambda each: each.starts_on):
        owed = payable_balances(period.contract, period.last_day)
        before = payable_balances(period.contract, period.starts_on - timedelta(days=1))
        for statement in Statement.objects.filter(period=period).select_related("party"):
            ref = statement.party.ref
            if statement.closing_atoms != owed.get(statement.party_id, 0):
                yield f"{statement} closes with other atoms than the ledger owes."
            opens = closed.get(ref, before.get(statement.party_id, 0))
            if statement.opening_atoms != opens:
                yield f"{statement} does not open where the last one closed."
            closed[ref] = statement.closing_atoms


def _wrong_revenue(year: Year) -> Iterator[str]:
    """The books claim from the platform what it reported for closed months, once."""
    booked = Entry.objects.filter(
        journal__kind__in=("revenue", "restatement"), account__kind=AccountKind.PLATFORM_RECEIVABLE
    )
    sides = booked.values_list("side", "amount_atoms")
    claimed = sum(atoms if side == Side.DEBIT else -atoms for side, atoms in sides)
    closed = Period.objects.filter(status=Period.Status.CLOSED)
    ends_on = max(closed.values_list("ends_on", flat=True))
    reported = sum(
        currency("EUR").parse_atoms(line["amount"])
        for name, line in year.accepted["revenue"].items()
        if line["earned_on"] < ends_on.isoformat() and f"fix-{name}" not in year.accepted["revenue"]
    )
    if claimed != reported:
        yield f"{claimed} atoms are claimed of the platform, which reported {reported}."


def not_in_the_books(year: Year, period: Period) -> dict[object, tuple[int, int]]:
    """Where the books of a corrected month differ from what it comes to: (booked, right)."""
    booked, right = posted_credits(period), outcome(period, year).credits
    return {
        target: (booked.get(target, 0), right.get(target, 0))
        for target in booked.keys() | right.keys()
        if booked.get(target, 0) != right.get(target, 0)
    }


def has_released(period: Period) -> bool:
    """Whether held money of the month was let go, which a restatement may not place again."""
    return Journal.objects.filter(kind="release", corrects__period=period).exists()
