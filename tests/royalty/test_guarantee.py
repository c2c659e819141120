"""A contract that guarantees a pool: what the platform owes on top, in books and statements."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from catalog.models import Share
from royalty.models import AllocationRun, Entry, RestatementKind, Statement
from royalty.selectors.explanations import explained_line
from royalty.selectors.proofs import statement_proof
from royalty.selectors.statement_document import movement_of
from royalty.selectors.statement_lines import lines_of
from royalty.selectors.verification import verify_ledger
from royalty.services.contracts import ContractError
from royalty.services.restatements import restate_period
from royalty.services.statements import render_statement
from tests.royalty.cast import (
    AFTER,
    EURO,
    balances,
    own,
    payables,
    revenue_line,
    settle,
    worked_example,
)
from tests.royalty.payees import open_month

pytestmark = pytest.mark.django_db
POOL, GUARANTEE = 28 * EURO, 100 * EURO


@pytest.fixture
def guaranteed(report):
    """The worked example with a guarantee of 100.00 EUR, closed."""
    world = worked_example(guarantee_minor=10_000)
    settle(report(world))
    return world


def test_the_shortfall_is_owed_without_commission(guaranteed):
    run = AllocationRun.objects.get()
    assert (run.pool_atoms, run.guarantee_atoms) == (POOL, GUARANTEE - POOL)
    assert run.commission_atoms == 12 * EURO
    assert balances(guaranteed)["platform_receivable"] == 40 * EURO + 72 * EURO
    assert balances(guaranteed)["period_revenue"] == 0
    assert sum(payables(guaranteed).values()) == GUARANTEE
    assert verify_ledger() == []


def test_everybody_gains_in_proportion_to_what_was_earned(guaranteed):
    for ref, exact in (("A", 3766 / 3), ("B", 2030 / 3), ("C", 868)):
        assert payables(guaranteed)[ref] == pytest.approx(exact * EURO / 28, abs=5)


def test_it_is_an_entry_of_its_own_in_the_journal_of_revenue(guaranteed):
    debits = Entry.objects.filter(journal__kind="revenue", side="debit")
    assert sorted(debits.values_list("account__kind", "amount_atoms")) == [
        ("platform_receivable", 40 * EURO),
        ("platform_receivable", 72 * EURO),
    ]
    memo = debits[0].journal.memo
    assert memo == "revenue of studio-2026 2026-10, 72.00 EUR of it on top to reach the guarantee"


def test_the_reviewer_is_told(guaranteed):
    assert AllocationRun.objects.get().exceptions == [
        "The contract guarantees 100.00 EUR; the pool is 28.00, so the platform owes 72.00 on top."
    ]


def test_it_is_a_line_of_its_own_on_statements(guaranteed):
    statement = Statement.objects.get(party__ref="B")
    assert statement.guarantee_atoms == pytest.approx(statement.attributed_atoms * 72 / 28, abs=5)
    assert statement.earned_atoms == statement.closing_atoms
    told = {change.label: change.atoms for change in movement_of(statement).changes}
    assert told["Minimum guarantee"] == statement.guarantee_atoms
    render_statement(statement=statement, as_of=AFTER)
    sources = {numbered.line.source.value for numbered in lines_of(statement)}
    assert sources == {"attributed", "minimum guarantee"}
    assert b'"kind":"guarantee"' in statement_proof(statement).replace(b" ", b"")


def test_a_line_of_it_is_explained_from_what_was_missing(guaranteed):
    statement = Statement.objects.get(party__ref="C")
    (row,) = [n.row for n in lines_of(statement) if n.line.generation_id is None]
    steps = explained_line(statement, row).explanation.steps
    assert [step.stage for step in steps] == ["guarantee", "track", "holder"]
    assert steps[0].to_atoms == GUARANTEE - POOL
    assert steps[1].weight_total == POOL
    assert steps[-1].to_atoms == statement.guarantee_atoms


def test_who_is_owed_what_names_it(guaranteed, capsys):
    call_command("owed", "studio-2026", "2026-10-01", "--party", "B", "--lines", "9")
    assert "guarantee, rounding" in capsys.readouterr().out
    call_command("owed", "studio-2026", "2026-10-01")
    told = capsys.readouterr().out
    assert "72.0000  owed on top to reach the guarantee" in told
    assert "100.0000  to parties together" in told


def test_a_month_in_which_nothing_was_generated_pays_the_training_set(db):
    world = worked_example(guarantee_minor=900)
    settle(world)
    assert payables(world) == {
        "A": 3 * EURO + 3 * EURO * 2 // 5,
        "B": 3 * EURO,
        "C": 3 * EURO * 3 // 5,
    }
    assert balances(world)["platform_receivable"] == 9 * EURO
    assert verify_ledger() == []


def test_a_guarantee_that_is_reached_changes_nothing(report):
    world = worked_example(guarantee_minor=2_800)
    settle(report(world))
    assert AllocationRun.objects.get().guarantee_atoms == 0
    assert payables(world)["B"] == 676_666_667
    assert not Statement.objects.exclude(guarantee_atoms=0).exists()


def test_what_is_held_has_its_part_of_the_guarantee(report):
    world = worked_example(guarantee_minor=10_000)
    Share.objects.filter(work=world.tracks["T3"].work, party__ref="C").delete()
    settle(report(world))
    assert balances(world)["held_unclaimed"] == pytest.approx(868 * EURO / 28, abs=5)
    assert verify_ledger() == []


def test_restating_moves_the_guarantee_with_what_was_earned(guaranteed):
    november = open_month(guaranteed)
    work = guaranteed.tracks["T2"].work
    Share.objects.filter(work=work).update(share_ppm=500_000)
    own(guaranteed, work, "C", 500_000)
    before = payables(guaranteed)
    restate_period(
        period=guaranteed.period,
        into=november,
        user=guaranteed.ann,
        as_of=AFTER,
        kind=RestatementKind.OWNERSHIP,
        reason="half of T2 was C's already",
    )
    after = payables(guaranteed, date(2026, 11, 30))
    assert after["A"] == before["A"]
    assert after["B"] == pytest.approx(before["B"] / 2, abs=3)
    assert sum(after.values()) == GUARANTEE
    assert verify_ledger() == []
    settle(guaranteed, november, as_of=AFTER.replace(month=12))
    assert verify_ledger() == []


def test_a_statement_with_a_guarantee_adds_up_in_the_database(guaranteed):
    told = Statement.objects.get(party__ref="B")
    told.pk, told.version, told.reason, told.reissued_by = None, 9, "again", guaranteed.ann
    told.guarantee_atoms += 1
    with pytest.raises(IntegrityError, match="statements_add_up"), transaction.atomic():
        told.save(force_insert=True)


def test_a_negative_guarantee_is_refused(db):
    with pytest.raises(ContractError, match="guarantee_minor"):
        worked_example(guarantee_minor=-1)


def test_a_pool_that_the_commission_uses_up_still_reaches_the_guarantee(take):
    world = worked_example(guarantee_minor=1_000, commission_ppm=1_000_000)
    take(world, "revenue", [revenue_line("U1", "10.00")])
    settle(world)
    assert AllocationRun.objects.get().pool_atoms == 0
    assert sum(payables(world).values()) == 10 * EURO
