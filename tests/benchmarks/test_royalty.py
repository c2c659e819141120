"""The benchmark of the money: everybody agrees to the unit, ratios are printed, absences told."""

import dataclasses

import numpy as np
import pytest
from rich.console import Console

from benchmarks.royalty import __main__ as program
from benchmarks.royalty import world
from benchmarks.royalty.contestants import CONTESTANTS, FLOOR, OURS, PEERS, missing
from benchmarks.royalty.race import Result, Turn, race
from benchmarks.royalty.report import Disagreement, check, show_race
from royalty.models import (
    AllocationRun,
    Entry,
    IntakeFile,
    Journal,
    Period,
    Statement,
    UsageEvent,
)
from royalty.selectors import facts

SIZE = world.Size(plays=20_000, subscribers=400, generations=200)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    world.make(folder, SIZE)
    return folder


def test_the_same_seed_draws_the_same_world(drawn, tmp_path):
    world.make(tmp_path, SIZE)
    assert world.snapshot(tmp_path).digest() == world.snapshot(drawn).digest()


def test_the_world_has_the_plays_it_says_with_heavy_tails(drawn):
    snapshot = world.snapshot(drawn)
    snapshot.validate()
    assert snapshot.usage_count.sum() == SIZE.plays
    uses = np.sort(np.bincount(snapshot.usage_generation, weights=snapshot.usage_count))
    plays = np.sort(np.bincount(snapshot.usage_subscriber, weights=snapshot.usage_count))
    for each in (uses, plays):
        assert each[-len(each) // 10 :].sum() > 0.25 * SIZE.plays
    assert world.pool_atoms(drawn) < snapshot.subscriber_fee_atoms.sum()


def test_blocks_of_subscribers_draw_no_other_pairs_than_one_block(drawn, tmp_path, monkeypatch):
    monkeypatch.setattr(world, "BLOCK_PLAYS", 3_000)
    world.make(tmp_path, SIZE)
    snapshot = world.snapshot(tmp_path)
    snapshot.validate()  # each pair once, ascending, across the seams as well
    assert snapshot.usage_count.sum() == SIZE.plays


@pytest.mark.parametrize("name", [name for name in CONTESTANTS if name not in (OURS, FLOOR)])
def test_every_exact_contestant_finds_the_same_atoms(name, drawn):
    if missing(name):
        pytest.skip(missing(name))
    expected = CONTESTANTS[OURS](drawn, 1)()
    assert CONTESTANTS[name](drawn, 1)().tolist() == expected.tolist()


def test_floats_come_close_but_are_not_the_truth(drawn):
    exact, floats = (CONTESTANTS[name](drawn, 1)() for name in (OURS, FLOOR))
    assert exact.sum() == world.pool_atoms(drawn)
    assert 0 < np.abs(exact - floats).max() < SIZE.plays


def test_who_disagrees_by_one_atom_is_named():
    right, wrong = np.array([7, 5]), np.array([7, 4])
    results = {FLOOR: Result(atoms=right), OURS: Result(atoms=right), "x": Result(atoms=wrong)}
    with pytest.raises(Disagreement, match="x gives party 1 4 atoms, ours 5"):
        check(results)


def test_a_library_that_is_not_there_is_a_row_that_says_so(drawn, monkeypatch, capsys):
    monkeypatch.setitem(PEERS, "duckdb, exact", "no-such-library")
    results = race(drawn, [FLOOR, OURS, "duckdb, exact"], rounds=1, threads=1)
    show_race(Console(width=150, markup=False), SIZE, 1, results)
    printed = capsys.readouterr().out
    assert "duckdb, exact: no-such-library is not installed" in printed
    assert "tantieme[benchmarks]" in printed


def test_the_program_prints_ratios(capsys):
    options = ["--plays", "5000", "--subscribers", "100", "--generations", "40"]
    parts = ["--parts", "apportionment", "--rounds", "1", "--no-peers"]
    assert program.main([*options, *parts]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert any(row.startswith(FLOOR) and "1.00×" in row for row in rows)
    assert any(row.startswith(OURS) and "MiB" in row for row in rows)


def test_medians_are_of_the_turns_and_the_peak_is_the_highest():
    turns = [Turn(3.0, 1.0, 5), Turn(1.0, 2.0, 9), Turn(2.0, 9.0, 7)]
    result = Result(turns)
    assert (result.wall_seconds, result.cpu_seconds, result.peak_bytes) == (2.0, 2.0, 9)


def test_memory_is_that_of_the_contestant_alone(drawn, tmp_path, monkeypatch):
    larger = dataclasses.replace(SIZE, plays=10 * SIZE.plays, generations=10 * SIZE.generations)
    world.make(tmp_path, larger)
    small, large = (race(folder, [OURS], 1, 1)[OURS].peak_bytes for folder in (drawn, tmp_path))
    assert small < large


@pytest.fixture
def _no_wake_ups(monkeypatch):
    from common.jobs import dispatch

    monkeypatch.setattr(dispatch.current_app, "send_task", lambda *_, **__: None)


@pytest.mark.usefixtures("committed_db", "_no_wake_ups")
def test_the_books_are_measured_by_the_services_themselves(capsys, storage):
    sizes = ["--rows", "300", "--lines", "200", "--rounds", "1"]
    parts = ["--parts", "posting", "intake", "statement"]
    options = program.parser().parse_args([*sizes, *parts])
    program.books(Console(width=150), options)
    printed = capsys.readouterr().out
    for name in ("posting, all guards", "intake of a file, known uses", "explaining a line, cold"):
        assert name in printed
    assert Journal.objects.count() == 2 + 2  # two rounds, and the closed month's
    assert Entry.objects.filter(journal__idempotency_key="benchmark:1").count() == 300
    new, again = (IntakeFile.objects.get(name=name) for name in ("1.ndjson", "1-again.ndjson"))
    assert (new.new_count, again.new_count, again.known_count) == (300, 0, 300)
    assert Statement.objects.get().files.count() == 7


@pytest.mark.usefixtures("committed_db", "_no_wake_ups")
def test_a_period_is_measured_from_its_events_to_its_close(capsys, storage, monkeypatch):
    monkeypatch.setattr(facts, "ORDER_A_MESSAGE", 7)  # plays travel in many messages
    options = ["--plays", "3000", "--subscribers", "50", "--generations", "40"]
    program.books(Console(width=150), program.parser().parse_args([*options, "--parts", "period"]))
    printed = capsys.readouterr().out
    for name in ("reading events", "computing the period", "apportioning", "closing"):
        assert name in printed
    assert "MiB" in printed
    assert Period.objects.get().status == "closed"
    assert AllocationRun.objects.get().use_count == 3000 == UsageEvent.objects.count()
