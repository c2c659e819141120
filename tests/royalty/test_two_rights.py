"""A contract that pays compositions and recordings: who owns which is paid for it, and reads so."""

import json
from datetime import date

import pytest

from catalog.models import Share
from royalty.models import AllocationRun, Contract, Statement
from royalty.proof.verify_statement import checks
from royalty.selectors.explanations import explained_line
from royalty.selectors.lines import party_lines
from royalty.selectors.proofs import statement_proof
from royalty.selectors.runs import books_of
from royalty.selectors.statement_lines import lines_of
from royalty.selectors.verification import verify_ledger
from royalty.services.contracts import ContractError
from royalty.services.statements import render_statement
from tests.royalty.cast import AFTER, EURO, World, balances, payables, settle, worked_example

pytestmark = pytest.mark.django_db


def record(world: World, track: str, party: str, ppm: int = 1_000_000) -> Share:
    """Somebody has a part of a recording."""
    return Share.objects.create(
        track=world.tracks[track],
        party=world.parties[party],
        right="recording",
        role="performer",
        share_ppm=ppm,
        valid_from=date(2020, 1, 1),
    )


@pytest.fixture
def recorded(report) -> World:
    """A quarter goes to compositions. B recorded T1 and T2; nobody claims the recording of T3."""
    world = worked_example(composition_ppm=250_000)
    for track in ("T1", "T2"):
        record(world, track, "B")
    return report(world)


def cents_by_track(world: World) -> dict[str, float]:
    """What each track earned, read off a contract that pays compositions alone."""
    lines = books_of(AllocationRun.objects.latest("pk"))
    refs = lines.snapshot.track_ids
    earned = dict.fromkeys(refs, 0)
    allocation = lines.allocation
    for track, atoms in zip(allocation.track.tolist(), allocation.atoms.tolist(), strict=True):
        earned[refs[track]] += atoms
    return {ref: atoms / 1_000_000 for ref, atoms in earned.items()}


def test_each_right_pays_its_own_owners(recorded):
    settle(recorded)
    earned = cents_by_track(recorded)
    paid = {ref: atoms / 1_000_000 for ref, atoms in payables(recorded).items()}
    t1, t2, t3 = (earned[ref] for ref in ("T1", "T2", "T3"))
    assert paid["A"] == pytest.approx((t1 + 0.4 * t3) / 4, abs=1e-4)
    assert paid["B"] == pytest.approx(t2 / 4 + (t1 + t2) * 3 / 4, abs=1e-4)
    assert paid["C"] == pytest.approx(0.6 * t3 / 4, abs=1e-4)
    assert balances(recorded)["held_unclaimed"] / 1_000_000 == pytest.approx(t3 * 3 / 4, abs=1e-4)
    assert sum(earned.values()) == pytest.approx(2_800)
    assert verify_ledger() == []


def test_lines_name_the_right_and_the_part_of_it(recorded):
    settle(recorded)
    books = books_of(AllocationRun.objects.get())
    found = {
        (line.track_id, line.right_type, line.ownership_ppm) for line in party_lines(books, "B")
    }
    assert found == {
        ("T1", "recording", 1_000_000),
        ("T2", "recording", 1_000_000),
        ("T2", "composition", 1_000_000),
    }


def test_a_line_is_explained_through_its_right(recorded):
    settle(recorded)
    statement = Statement.objects.get(party__ref="C")
    for numbered in lines_of(statement):
        steps = explained_line(statement, numbered.row).explanation.steps
        assert [step.stage for step in steps] == ["piece", "track", "right", "holder"]
        assert (steps[2].target, steps[2].weight) == ("composition", 250_000)
        assert steps[-1].to_atoms == numbered.line.atoms


def test_statements_of_both_rights_are_rendered_and_prove(recorded):
    settle(recorded)
    for statement in Statement.objects.select_related("party", "period__contract"):
        render_statement(statement=statement, as_of=AFTER)
        proof = json.loads(statement_proof(statement))
        assert [fault for _, faults in checks(proof, {}) for fault in faults] == []
        assert {line["right"] for line in proof["lines"]} <= {"composition", "recording"}
        assert {line["share_whole"] for line in proof["lines"]} == {10**15}


def test_a_dispute_over_a_recording_is_told_as_such(recorded):
    record(recorded, "T2", "C", 500_000)
    settle(recorded)
    told = AllocationRun.objects.get().exceptions
    assert told[0] == "Track T3 earned for owners who are not known; held."
    assert told[1].startswith("Track T2: the claims to its recording sum to 150 % (100 % + 50 %);")
    assert verify_ledger() == []


def test_a_contract_for_recordings_pays_who_recorded(report):
    world = worked_example(composition_ppm=0)
    for track, party in (("T1", "A"), ("T2", "B"), ("T3", "C")):
        record(world, track, party)
    settle(report(world))
    earned = cents_by_track(world)
    paid = {ref: atoms / 1_000_000 for ref, atoms in payables(world).items()}
    assert paid == {"A": earned["T1"], "B": earned["T2"], "C": earned["T3"]}
    assert {
        line.right_type for line in party_lines(books_of(AllocationRun.objects.get()), "C")
    } == {"recording"}


def test_without_anybody_known_everything_is_held(report):
    world = worked_example(composition_ppm=0)
    settle(report(world))
    assert balances(world)["held_unclaimed"] == 28 * EURO


def test_a_part_above_the_whole_is_refused(db):
    with pytest.raises(ContractError, match="above 100 %"):
        worked_example(composition_ppm=1_000_001)


def test_a_contract_of_one_right_keeps_its_snapshots_as_they_were(reported):
    settle(reported)
    snapshot = books_of(AllocationRun.objects.get()).snapshot
    assert "right_ppm" not in snapshot.arrays()
    assert Contract.objects.get().rights == ("composition",)
