"""A guaranteed pool: the shortfall is owed on top, and follows what each track earned."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from royalty.apportionment import (
    MODELS,
    Allocation,
    Candidate,
    LineKind,
    Rules,
    Snapshot,
    SnapshotError,
    allocate,
    compare,
    explain_line,
)
from tests.apportionment import oracle
from tests.apportionment.worlds import (
    EURO,
    cases,
    four_pieces,
    guaranteeing,
    pools,
    with_usage,
)

COLUMNS = ("generation", "track", "right", "party", "kind", "atoms")


def rows(lines: Allocation, where: slice) -> list[tuple[int, ...]]:
    return list(zip(*(getattr(lines, name)[where].tolist() for name in COLUMNS), strict=True))


def topped_up(snapshot: Snapshot, lines: Allocation, missing: int) -> list[tuple[int, ...]]:
    """The lines of the guarantee, from the prose: by track, then by owner."""
    n_tracks = len(snapshot.track_ids)
    earned = [abs(int(lines.atoms[lines.track == track].sum())) for track in range(n_tracks)]
    weights = earned if any(earned) else snapshot.training_track.tolist()
    expected: oracle.Lines = defaultdict(int)
    for track, atoms in enumerate(oracle.hamilton(missing, weights)):
        oracle.to_holders(snapshot, expected, -1, track, atoms, "GUARANTEE")
    in_order = [(*key[:4], LineKind[key[4]].value, atoms) for key, atoms in expected.items()]
    found = (row for row in in_order if row[-1])
    return sorted(found, key=lambda row: (*row[1:3], row[3] % 10**6))


@given(cases(), pools, guaranteeing)
def test_what_comes_on_top_agrees_with_exact_fractions_and_changes_nothing_else(
    case: tuple[Snapshot, str], pool: int, rules: Rules
) -> None:
    snapshot, model = case
    plain = allocate(snapshot, model, pool, replace(rules, guarantee_atoms=0))
    lines = allocate(snapshot, model, pool, rules)
    missing = max(0, rules.guarantee_atoms - pool) if rules.guarantee_atoms else 0
    others = slice(len(lines.atoms) - lines.guarantee_lines)
    assert lines.guarantee_atoms == missing
    assert rows(lines, others) == rows(plain, slice(None))
    assert rows(lines, slice(others.stop, None)) == topped_up(snapshot, plain, missing)
    assert lines.atoms.sum() == pool + missing


@pytest.mark.parametrize("model", ["pro_rata", "user_centric", "scaled_user_prop"])
def test_a_pool_that_reaches_the_guarantee_is_left_alone(model: str) -> None:
    pool = 28 * EURO
    for guarantee in (0, pool - 1, pool):
        lines = allocate(four_pieces(), model, pool, Rules(guarantee_atoms=guarantee))
        assert (lines.guarantee_atoms, lines.guarantee_lines) == (0, 0)


def test_twice_the_pool_pays_everybody_twice() -> None:
    pool = 28 * EURO
    plain = allocate(four_pieces(), "pro_rata", pool, Rules()).by_party()
    lines = allocate(four_pieces(), "pro_rata", pool, Rules(guarantee_atoms=2 * pool))
    assert (np.abs(lines.by_party() - 2 * plain) <= 3).all()
    assert lines.by_kind()[LineKind.GUARANTEE] == pool


def test_owners_who_are_not_known_yet_have_their_part_of_the_guarantee_too() -> None:
    """So that whoever turns up later takes nothing from the others."""
    world, rules = four_pieces(t3_owners={"C": 600_000}), Rules(guarantee_atoms=56 * EURO)
    unknown = allocate(world, "pro_rata", 28 * EURO, rules)
    known = allocate(four_pieces(), "pro_rata", 28 * EURO, rules)
    assert unknown.by_party().tolist()[1:] == known.by_party().tolist()[1:]
    held = unknown.by_kind()[LineKind.HELD_UNCLAIMED]
    assert held == pytest.approx(2 * 578_666_666, abs=3)


@pytest.mark.parametrize("model", [name for name in MODELS if MODELS[name].revenue != "training"])
def test_where_nobody_earned_every_track_of_the_training_set_gets_the_same(model: str) -> None:
    stated = tuple((each.name, each.customary) for each in MODELS[model].parameters)
    world = replace(
        with_usage(four_pieces(), {}),
        training_track=np.array([True, False, True]),
        parameters=stated,
    )
    lines = allocate(world, model, 0, Rules(guarantee_atoms=10 * EURO))
    assert rows(lines, slice(None)) == [
        (-1, 0, 0, 0, LineKind.GUARANTEE, 5 * EURO),
        (-1, 2, 0, 0, LineKind.GUARANTEE, 2 * EURO),
        (-1, 2, 0, 2, LineKind.GUARANTEE, 3 * EURO),
    ]
    steps = explain_line(world, model, 0, Rules(guarantee_atoms=10 * EURO), lines.place(1)).steps
    assert [(step.stage, step.weighed) for step in steps] == [
        ("guarantee", "all"),
        ("track", "tracks"),
        ("holder", "ppm"),
    ]


def test_a_guarantee_without_any_track_to_go_to_is_refused() -> None:
    world = replace(with_usage(four_pieces(), {}), training_track=np.zeros(3, np.bool_))
    with pytest.raises(SnapshotError, match="no track earned anything and none is marked"):
        allocate(world, "pro_rata", 0, Rules(guarantee_atoms=1))


def test_a_negative_guarantee_is_none() -> None:
    with pytest.raises(ValueError, match="an amount or 0"):
        Rules(guarantee_atoms=-1)


def test_models_are_compared_with_what_comes_on_top() -> None:
    rules = Rules(guarantee_atoms=56 * EURO)
    for outcome in compare(four_pieces(), [Candidate("pro_rata")], 28 * EURO, rules):
        assert (outcome.atoms.sum(), outcome.to_nobody_atoms) == (56 * EURO, 0)
