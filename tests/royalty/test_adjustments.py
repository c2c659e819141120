"""Adjustments: from a fact that changed after the close to the line of the next statement."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from pypdf import PdfReader

from attribution.models import Attribution
from catalog.models import Party, Share
from royalty.models import Period, Restatement, RestatementKind, Statement
from royalty.selectors.adjustments import adjustments_of, explained_adjustments
from royalty.selectors.documents import file_of
from royalty.selectors.held import held_money
from royalty.selectors.statement_document import movement_of
from royalty.selectors.verification import verify_ledger
from royalty.services import intake, statements
from royalty.services.periods import PeriodError
from royalty.services.releases import approve_release
from royalty.services.restatements import restate_period
from tests.royalty.attacker import execute
from tests.royalty.cast import (
    AFTER,
    EURO,
    OWNERS,
    SOLD,
    attribute,
    balances,
    ndjson,
    own,
    payables,
    revenue_line,
    settle,
    usage_line,
    worked_example,
)
from tests.royalty.payees import agree, approved, bank, open_month, paying_account
from tests.royalty.test_books_held import LONG_AFTER, ask

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 30)
IN_DECEMBER = AFTER.replace(month=12)


@pytest.fixture
def closed(reported):
    """October is closed, November open."""
    settle(reported)
    reported.november = open_month(reported, 11)
    return reported


def restate(world, **more: object) -> Restatement:
    facts = {"period": world.period, "into": world.november, "user": world.ann, "as_of": AFTER}
    return restate_period(**(facts | SOLD | more))


def sell_t3(world, buyer: str = "C") -> None:
    work = world.tracks["T3"].work
    Share.objects.filter(work=work).delete()
    own(world, work, buyer, 1_000_000)


def statement(ref: str, period: Period) -> Statement:
    return Statement.objects.get(party__ref=ref, period=period)


def rows(found: Statement) -> list[dict[str, str]]:
    rendered = statements.render_statement(statement=found, as_of=IN_DECEMBER)
    with default_storage.open(file_of(rendered, "csv").name) as file:
        return list(csv.DictReader(io.StringIO(file.read().decode())))


def adjusted_rows(found: Statement) -> list[dict[str, str]]:
    return [row for row in rows(found) if row["line_source"] == "adjustment"]


def atoms(cell: str) -> int:
    return int(Decimal(cell) * EURO)


def test_a_changed_owner_reaches_the_next_statement_line_by_line(closed):
    before = payables(closed)
    sell_t3(closed)
    restate(closed)
    settle(closed, closed.november, IN_DECEMBER)
    found = statement("A", closed.november)
    adjusted = adjusted_rows(found)
    assert sum(atoms(row["amount"]) for row in adjusted) == found.adjustment_atoms
    assert found.adjustment_atoms == payables(closed, NOVEMBER)["A"] - before["A"] < 0
    assert {row["adjustment_of"] for row in adjusted} == {"2026-10"}
    assert {row["adjustment_kind"] for row in adjusted} == {"changed ownership"}
    assert {row["adjustment_reason"] for row in adjusted} == {SOLD["reason"]}
    assert {row["track_id"] for row in adjusted} == {"T3"}
    assert all(atoms(row["amount"]) == -atoms(row["amount_before"]) for row in adjusted), (
        "A has nothing of T3 any more"
    )


def test_a_better_run_moves_money_from_what_was_held_to_the_parties(report):
    world = worked_example(fallback="held")
    Attribution.objects.filter(generation=world.generations["G3"]).delete()
    settle(report(world))
    world.november = open_month(world, 11)
    attribute(world, "G3", {"T2": 1_000_000_000})
    restate(world, kind=RestatementKind.ATTRIBUTION, reason="G3 is attributed now")
    settle(world, world.november, IN_DECEMBER)
    found = statement("B", world.november)
    (row,) = adjusted_rows(found)
    assert (row["generation_id"], row["description"]) == ("G3", "attributed")
    assert atoms(row["amount_before"]) == 0
    assert atoms(row["amount"]) == found.adjustment_atoms == 21 * EURO
    assert balances(world)["held_unattributed"] == 0
    assert verify_ledger() == []


def test_a_resolved_dispute_pays_out_what_was_contested(report):
    world = worked_example()
    own(world, world.tracks["T2"].work, "C", 500_000)
    settle(report(world))
    world.november = open_month(world, 11)
    contested = balances(world)["held_disputed"]
    assert contested > 0
    Share.objects.filter(work=world.tracks["T2"].work, party__ref="C").delete()
    restate(world, kind=RestatementKind.DISPUTE, reason="B and C agreed that T2 is B's")
    assert balances(world)["held_disputed"] == 0
    settle(world, world.november, IN_DECEMBER)
    found = statement("B", world.november)
    assert found.adjustment_atoms == contested
    assert {row["adjustment_kind"] for row in adjusted_rows(found)} == {"resolved dispute"}
    assert verify_ledger() == []


def test_one_period_is_restated_again_and_again_and_each_reason_stands_alone(closed):
    before = payables(closed)
    reasons = ["T3 was sold to C", "no, it was sold to B", "the sale was void"]
    for buyer, reason in zip("CB", reasons, strict=False):
        sell_t3(closed, buyer)
        restate(closed, reason=reason)
    Share.objects.filter(work=closed.tracks["T3"].work).delete()
    for ref, part in OWNERS["T3"].items():
        own(closed, closed.tracks["T3"].work, ref, round(part * 1_000_000))
    restate(closed, reason=reasons[-1])
    assert payables(closed, NOVEMBER) == before
    settle(closed, closed.november, IN_DECEMBER)
    found = explained_adjustments(statement("B", closed.november))
    assert [each.reason for each in found] == reasons[1:], "the first did not touch B"
    assert sum(each.atoms for each in found) == 0
    assert {each.reason for each in adjustments_of(statement("A", closed.november))} == {
        reasons[0],
        reasons[2],
    }
    assert verify_ledger() == []


def test_whoever_owes_more_than_it_earns_is_paid_nothing_and_carries_it(closed, take):
    sell_t3(closed)
    restate(closed)
    december = open_month(closed, 12)
    work = closed.tracks["T1"].work
    Share.objects.filter(work=work).delete()
    own(closed, work, "B", 1_000_000)
    restate(closed, reason="T1 was B's all along")
    settle(closed, closed.november, IN_DECEMBER)
    found = statement("A", closed.november)
    assert found.closing_atoms == 0, "A had what T1 and T3 brought, and has neither"
    assert movement_of(found).payable_atoms == 0
    settle(closed, december, AFTER.replace(year=2027, month=1))
    assert not Statement.objects.filter(period=december, party__ref="A").exists()


def test_a_debt_stays_on_the_account_and_is_not_called_payable(closed):
    sell_t3(closed)
    agree(closed, "A", threshold_minor=0)
    paying_account(closed)
    bank(closed, "A")
    approved(closed)
    restate(closed)
    settle(closed, closed.november, IN_DECEMBER)
    found = statement("A", closed.november)
    movement = movement_of(found)
    assert found.closing_atoms < 0
    assert (movement.payable_atoms, movement.carried_atoms) == (0, found.closing_atoms)
    rendered = rows(found)
    steps = {
        row["description"]: atoms(row["amount"])
        for row in rendered
        if row["line_source"] == "settlement"
    }
    assert steps == {"Paid out": found.settled_atoms}
    assert (
        sum(atoms(row["amount"]) for row in rendered) == found.closing_atoms - found.opening_atoms
    )


def test_a_party_that_had_nothing_of_the_period_reads_what_it_is_about(closed):
    closed.parties["D"] = Party.objects.create(ref="D", name="Party D")
    sell_t3(closed, "D")
    restate(closed)
    settle(closed, closed.november, IN_DECEMBER)
    (found,) = adjustments_of(statement("D", closed.november))
    assert found.period.label == "2026-10"
    assert found.atoms == statement("D", closed.november).closing_atoms


def test_money_only_moves_it_neither_comes_nor_goes(closed):
    before = sum(payables(closed).values())
    sell_t3(closed)
    done = restate(closed)
    assert sum(payables(closed, NOVEMBER).values()) == before
    sides = done.journal.entries.values_list("side", "amount_atoms")
    assert sum(a if side == "debit" else -a for side, a in sides) == 0


def test_a_released_sum_is_an_adjustment_with_its_reason(report):
    world = worked_example(fallback="held")
    Attribution.objects.filter(generation=world.generations["G3"]).delete()
    settle(report(world))
    world.november = open_month(world, 11)
    release = ask(world, reason="nobody came")
    approve_release(release=release, user=world.ben, as_of=LONG_AFTER)
    settle(world, world.november, IN_DECEMBER)
    (row,) = adjusted_rows(statement("A", world.november))
    assert (row["adjustment_kind"], row["adjustment_reason"]) == (
        "held money released",
        "nobody came",
    )
    assert row["adjustment_of"] == "2026-10"


@pytest.mark.parametrize("reason", ["", " \n", "x" * 251], ids=["none", "blank", "a-letter"])
def test_a_restatement_has_a_reason(closed, reason):
    sell_t3(closed)
    with pytest.raises(PeriodError, match=r"Say why|250 at most"):
        restate(closed, reason=reason)
    assert Restatement.objects.count() == 0


def test_the_pdf_says_what_was_adjusted_and_why(closed):
    sell_t3(closed)
    restate(closed)
    settle(closed, closed.november, IN_DECEMBER)
    found = statements.render_statement(
        statement=statement("A", closed.november), as_of=IN_DECEMBER
    )
    with default_storage.open(file_of(found, "pdf").name) as file:
        printed = " ".join(page.extract_text() for page in PdfReader(file).pages)
    assert "What was adjusted, and why" in printed
    assert SOLD["reason"] in " ".join(printed.split())


@pytest.mark.parametrize(
    "attack",
    [
        "DELETE FROM royalty_restatement",
        "UPDATE royalty_restatement SET reason = 'because'",
        "TRUNCATE royalty_restatement",
    ],
)
def test_a_reason_stays_what_it_was(closed, attack):
    sell_t3(closed)
    restate(closed)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        execute(attack)


def test_a_restatement_is_of_runs_of_its_own_closed_period(closed):
    sell_t3(closed)
    done = restate(closed)
    with pytest.raises(DatabaseError, match="Only a closed period"), transaction.atomic():
        Restatement.objects.create(
            period=closed.november,
            run=done.instead_of,
            instead_of=done.run,
            kind="correction",
            reason="forged",
            restated_by=closed.ann,
        )


def take_late(world, folder, kind: str, lines: list[dict]) -> None:
    function = {"usage": intake.take_usage, "revenue": intake.take_revenue}[kind]
    path = ndjson(folder / f"late-{kind}.ndjson", lines)
    function(platform=world.platform, source=path, name=path.name, is_late=True)


def late_fee(amount: str) -> dict:
    return revenue_line("U4", amount) | {"event_id": "fee-late"}


def test_late_usage_and_late_revenue_are_booked_where_they_are_noticed(closed, tmp_path):
    before = payables(closed)
    take_late(closed, tmp_path, "usage", [usage_line(90, "U4", "G1", 5)])
    take_late(closed, tmp_path, "revenue", [late_fee("10.00")])
    done = restate(closed, kind=RestatementKind.LATE_USAGE, reason="the last day came late")
    assert payables(closed) == before, "October stays as it was"
    moved = sum(payables(closed, NOVEMBER).values()) - sum(before.values())
    assert moved == 7 * EURO, "of ten euros, less the commission"
    assert balances(closed)["platform_receivable"] == 50 * EURO
    assert done.run.gross_atoms - done.instead_of.gross_atoms == 10 * EURO
    settle(closed, closed.november, IN_DECEMBER)
    (found,) = explained_adjustments(statement("A", closed.november))
    assert (found.kind, found.reason) == ("late usage", "the last day came late")
    assert "G1" in {each.line.generation_id for each in found.differences}
    assert verify_ledger() == []


def test_a_period_without_revenue_is_restated_when_some_comes(world, tmp_path):
    settle(world)
    assert not Statement.objects.exists()
    world.november = open_month(world, 11)
    take_late(world, tmp_path, "usage", [usage_line(90, "U4", "G3", 5)])
    take_late(world, tmp_path, "revenue", [late_fee("10.00")])
    first = restate(world, kind=RestatementKind.LATE_USAGE, reason="the whole month was late")
    assert first.journal.corrects is None
    assert sum(payables(world, NOVEMBER).values()) == 7 * EURO
    sell_t3(world)
    second = restate(world)
    assert second.journal.corrects == first.journal
    assert sum(payables(world, NOVEMBER).values()) == 7 * EURO
    settle(world, world.november, IN_DECEMBER)
    found = adjustments_of(statement("C", world.november))
    assert [(each.period.label, each.kind) for each in found] == [
        ("2026-10", "late usage"),
        ("2026-10", "changed ownership"),
    ]
    assert verify_ledger() == []


def test_what_is_held_of_late_revenue_is_counted_by_the_period_that_earned_it(world, tmp_path):
    Attribution.objects.filter(generation=world.generations["G3"]).delete()
    settle(world)
    world.november = open_month(world, 11)
    take_late(world, tmp_path, "usage", [usage_line(90, "U4", "G3", 5)])
    take_late(world, tmp_path, "revenue", [late_fee("10.00")])
    restate(world, kind=RestatementKind.LATE_USAGE, reason="the whole month was late")
    (held,) = held_money()
    assert (held.period, held.atoms) == (world.period, 7 * EURO)
    attribute(world, "G3", {"T2": 1_000_000_000})
    restate(world, kind=RestatementKind.ATTRIBUTION, reason="found")
    assert held_money() == []
    assert payables(world, NOVEMBER)["B"] == 7 * EURO


def test_late_usage_that_moves_no_money_still_counts_from_then_on(report, tmp_path):
    world = worked_example()
    Share.objects.all().delete()
    for track in world.tracks.values():
        own(world, track.work, "A", 1_000_000)
    settle(report(world))
    world.november = open_month(world, 11)
    take_late(world, tmp_path, "usage", [usage_line(90, "U1", "G1", 5)])
    done = restate(world, kind=RestatementKind.LATE_USAGE, reason="five uses came late")
    assert done.journal is None, "everything is A's, however often what is used"
    assert done.run.use_count == done.instead_of.use_count + 5
    assert verify_ledger() == []
    with pytest.raises(PeriodError, match="nothing to restate"):
        restate(world)
