"""The published worked example, from the platform's files to the cents in the ledger."""

from datetime import date

import pytest

from catalog.models import Share
from royalty.apportionment import to_minor_units
from royalty.models import Journal, Statement
from royalty.selectors.owed import owed_by_party, platform_statement, why
from royalty.selectors.runs import books_of, current_run
from royalty.services import periods, restatements
from tests.royalty.cast import (
    AFTER,
    CENT,
    EURO,
    OWNERS,
    SOLD,
    World,
    balances,
    own,
    payables,
    settle,
    worked_example,
)

CENTS = {"pro_rata": [1255, 677, 868], "user_centric": [1296, 920, 584]}
EXACT = {"pro_rata": [3766 / 3, 2030 / 3, 868], "user_centric": [11662 / 9, 8285 / 9, 1751 / 3]}
pytestmark = pytest.mark.django_db


@pytest.fixture(params=["pro_rata", "user_centric"])
def model(request) -> str:
    return request.param


@pytest.fixture
def closed(model, report) -> World:
    """The month, reported and closed under one of the models."""
    world = report(worked_example(allocation_model=model))
    settle(world)
    return world


def test_the_ledger_owes_every_holder_to_the_cent(closed, model):
    owed = payables(closed)
    assert to_minor_units([owed[ref] for ref in "ABC"], CENT).tolist() == CENTS[model]


def test_the_ledger_keeps_what_is_below_a_cent(closed, model):
    owed = payables(closed)
    exact_atoms = [cents * CENT for cents in EXACT[model]]
    assert [owed[ref] for ref in "ABC"] == pytest.approx(exact_atoms, abs=30)
    assert sum(owed.values()) == 28 * EURO


def test_the_platform_owes_the_gross_and_keeps_its_commission(closed):
    assert balances(closed) == {
        "platform_receivable": 40 * EURO,
        "period_revenue": 0,
        "commission": 12 * EURO,
    }


def test_statements_say_what_the_ledger_says(closed):
    said = {s.party.ref: s.closing_atoms for s in Statement.objects.select_related("party")}
    assert said == payables(closed)


def test_what_is_owed_can_be_asked_before_and_after_the_close(model, report):
    world = report(worked_example(allocation_model=model))
    periods.compute_period(period=world.period, user=world.ann, as_of=AFTER)
    world.period.refresh_from_db()
    before = owed_by_party(world.period)
    periods.review_period(period=world.period, user=world.ben, as_of=AFTER)
    closed_period = periods.close_period(period=world.period, user=world.ann, as_of=AFTER)
    assert owed_by_party(closed_period) == before
    assert {row.party_ref: row.minor for row in before} == dict(
        zip("ABC", CENTS[model], strict=True)
    )
    assert {row.party_ref: row.atoms for row in before} == payables(world)


def test_why_names_the_piece_and_the_track_that_paid_most(closed):
    closed.period.refresh_from_db()
    books = books_of(current_run(closed.period))
    lines = [numbered.line for numbered in why(books, "C", limit=99)]
    assert lines[0].generation_id == "G3"
    assert lines[0].track_id == "T3"
    assert lines[0].share_ppb == 600_000_000
    assert lines[0].ownership_ppm == 600_000
    assert [each.line for each in why(books, "C", limit=1)] == lines[:1]
    assert sum(line.atoms for line in lines) == payables(closed)["C"]


def test_the_platform_statement_adds_up(closed):
    closed.period.refresh_from_db()
    statement = platform_statement(closed.period)
    assert (statement.gross_atoms, statement.commission_atoms) == (40 * EURO, 12 * EURO)
    assert statement.use_count == 40
    assert sum(statement.by_kind.values()) == statement.pool_atoms == 28 * EURO
    assert statement.to_parties_atoms + sum(statement.held_atoms.values()) == 28 * EURO


def new_owner_of_t3(world: World) -> None:
    """It turns out that T3 was C's alone."""
    work = world.tracks["T3"].work
    Share.objects.filter(work=work).delete()
    own(world, work, "C", 1_000_000)


def test_a_restatement_posts_only_the_differences(report):
    world = report(worked_example())
    settle(world)
    november = periods.open_period(
        contract=world.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )
    before = payables(world, date(2026, 11, 30))
    new_owner_of_t3(world)
    restated = restatements.restate_period(
        period=world.period, into=november, user=world.ann, as_of=AFTER, **SOLD
    )
    after = payables(world, date(2026, 11, 30))
    cents = [to_minor_units([owed[ref] for ref in "ABC"], CENT) for owed in (before, after)]
    assert (cents[1] - cents[0]).tolist() == [-578, 0, 578]
    assert payables(world) == before, "October stays as it was"
    journal = restated.journal
    assert journal.corrects == Journal.objects.get(kind="allocation")
    assert (journal.period, journal.posted_on) == (november, date(2026, 11, 30))


def test_a_restatement_can_itself_be_restated(report):
    world = report(worked_example())
    settle(world)
    before = payables(world)
    november = periods.open_period(
        contract=world.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )
    work = world.tracks["T3"].work
    new_owner_of_t3(world)
    terms = {"period": world.period, "into": november, "user": world.ann, "as_of": AFTER, **SOLD}
    restatements.restate_period(**terms)
    with pytest.raises(periods.PeriodError, match="nothing to restate"):
        restatements.restate_period(**terms)
    Share.objects.filter(work=work).delete()
    for ref, part in OWNERS["T3"].items():
        own(world, work, ref, round(part * 1_000_000))
    restatements.restate_period(**terms)
    assert payables(world, date(2026, 11, 30)) == before


def test_a_restatement_appears_on_the_next_statement(report):
    world = report(worked_example())
    settle(world)
    november = periods.open_period(
        contract=world.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )
    new_owner_of_t3(world)
    restatements.restate_period(
        period=world.period, into=november, user=world.ann, as_of=AFTER, **SOLD
    )
    settle(world, november, as_of=AFTER.replace(month=12))
    statements = {s.party.ref: s for s in Statement.objects.filter(period=november)}
    assert statements.keys() == {"A", "C"}, "B's account did not move"
    assert statements["C"].adjustment_atoms == -statements["A"].adjustment_atoms
    assert statements["C"].adjustment_atoms == pytest.approx(578 * CENT, abs=CENT)


@pytest.mark.parametrize("wrong", ["open", "itself"])
def test_a_restatement_needs_a_closed_period_and_a_later_open_one(reported, wrong):
    november = periods.open_period(
        contract=reported.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )
    if wrong == "itself":
        settle(reported)
    into = november if wrong == "open" else reported.period
    with pytest.raises(periods.PeriodError):
        restatements.restate_period(
            period=reported.period, into=into, user=reported.ann, as_of=AFTER, **SOLD
        )
