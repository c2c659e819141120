"""Two people at once, on two real connections: one of them posts, and the other is told."""

from datetime import date
from pathlib import Path

from accounts.models import User
from attribution.models import Attribution
from royalty.models import Journal, Restatement, Statement
from royalty.selectors.held import held_money
from royalty.selectors.verification import verify_ledger
from royalty.services import intake, periods
from royalty.services.by_hand import ByHandError
from royalty.services.periods import PeriodError
from royalty.services.releases import approve_release
from royalty.services.restatements import restate_period
from tests.royalty.cast import (
    AFTER,
    World,
    attribute,
    empty_world,
    ndjson,
    revenue_lines,
    settle,
    usage_lines,
    worked_example,
)
from tests.royalty.test_books_held import FOUND, LONG_AFTER, ask, next_month
from tests.royalty.test_books_reversal import by_hand, undo
from tests.royalty.test_ledger_at_commit import in_threads


def test_of_two_who_reverse_at_once_one_wins_and_the_other_is_told(committed_db):
    world = empty_world()
    journal = by_hand(world)
    results = in_threads(*(lambda: undo(journal, world) for _ in range(2)))
    assert sorted(type(result).__name__ for result in results) == ["ByHandError", "Journal"]
    assert Journal.objects.filter(reverses=journal).count() == 1


def unplaced(folder: Path) -> World:
    """A closed month that holds what G3 earned, and the next one open."""
    world = worked_example(fallback="held")
    Attribution.objects.filter(generation=world.generations["G3"]).delete()
    for take, lines in ((intake.take_usage, usage_lines()), (intake.take_revenue, revenue_lines())):
        path = ndjson(folder / take.__name__, lines)
        take(platform=world.platform, source=path, name=path.name)
    settle(world)
    world.november = next_month(world)
    return world


def test_of_two_who_approve_at_once_one_posts_and_the_other_is_told(committed_db, tmp_path):
    world = unplaced(tmp_path)
    cleo = User.objects.create_user("cleo@example.org", name="Cleo")
    asked = ask(world)
    results = in_threads(
        lambda: approve_release(release=asked, user=world.ben, as_of=LONG_AFTER),
        lambda: approve_release(release=asked, user=cleo, as_of=LONG_AFTER),
    )
    assert sorted(type(result).__name__ for result in results) == ["ByHandError", "HeldRelease"]
    assert Journal.objects.filter(kind="release").count() == 1


def test_the_same_money_is_not_released_and_placed_at_once(committed_db, tmp_path):
    world = unplaced(tmp_path)
    asked = ask(world)
    attribute(world, "G3", {"T1": 1_000_000_000})
    december = periods.open_period(
        contract=world.contract, starts_on=date(2026, 12, 1), ends_on=date(2027, 1, 1)
    )
    facts = {"period": world.period, "into": december, "user": world.ann, "as_of": LONG_AFTER}
    facts |= FOUND
    released, restated = in_threads(
        lambda: approve_release(release=asked, user=world.ben, as_of=LONG_AFTER),
        lambda: restate_period(**facts),
    )
    assert isinstance(released, ByHandError) != isinstance(restated, PeriodError)
    assert held_money() == []


def test_a_restatement_and_the_close_of_the_period_that_takes_it_do_not_cross(
    committed_db, tmp_path
):
    """Either the difference is on the closed statement, or it is refused and nothing is left."""
    world = unplaced(tmp_path)
    attribute(world, "G3", {"T1": 1_000_000_000})
    november, december = world.november, AFTER.replace(month=12)
    periods.compute_period(period=november, user=world.ann, as_of=december)
    periods.review_period(period=november, user=world.ben, as_of=december)
    facts = {"period": world.period, "into": november, "user": world.ann, "as_of": december}
    closed, restated = in_threads(
        lambda: periods.close_period(period=november, user=world.ann, as_of=december),
        lambda: restate_period(**facts | FOUND),
    )
    assert not isinstance(closed, Exception)
    told = list(Statement.objects.filter(period=november))
    if isinstance(restated, PeriodError):
        assert (told, Restatement.objects.count()) == ([], 0)
    else:
        (statement,) = told
        moved_atoms = statement.closing_atoms - statement.opening_atoms
        assert statement.adjustment_atoms == moved_atoms > 0
    assert verify_ledger() == []
