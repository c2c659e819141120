"""A track's money between composition and recording: exact, and each right for itself."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from royalty.apportionment import (
    Allocation,
    IntArray,
    LineKind,
    Rules,
    Snapshot,
    allocate,
    csr_from_triples,
    explain_line,
)
from tests.apportionment.oracle import hamilton
from tests.apportionment.worlds import EURO, cases, four_pieces, guaranteeing, pools

A, B, C = range(3)
COLUMNS = ("generation", "track", "party", "kind", "atoms")
Owners = list[tuple[int, int, int, int]]  # track, right, party, ppm
PUBLISHED = [(0, 0, A, 10**6), (1, 0, B, 10**6), (2, 0, C, 600_000), (2, 0, A, 400_000)]


def with_rights(world: Snapshot, composition_ppm: int, owners: Owners) -> Snapshot:
    """The world under a contract that pays both rights, owned like this."""
    rows = [2 * track + right for track, right, _, _ in owners]
    columns = ([each[2] for each in owners], [each[3] for each in owners])
    indptr, party, ppm = csr_from_triples(rows, *columns, n_rows=2 * len(world.track_ids))
    return replace(
        world,
        owner_indptr=indptr,
        owner_party=party,
        owner_ppm=ppm,
        right_ppm=np.array([composition_ppm, 10**6 - composition_ppm]),
    )


def of_right(world: Snapshot, right: int) -> Snapshot:
    """The same world under a contract that pays one of its two rights alone."""
    rows = np.repeat(np.arange(2 * len(world.track_ids)), np.diff(world.owner_indptr))
    mine = rows % 2 == right
    indptr, party, ppm = csr_from_triples(
        rows[mine] // 2, world.owner_party[mine], world.owner_ppm[mine], len(world.track_ids)
    )
    return replace(
        world, owner_indptr=indptr, owner_party=party, owner_ppm=ppm, right_ppm=np.zeros(0, int)
    )


def columns(lines: Allocation) -> list[list[int]]:
    return [getattr(lines, name).tolist() for name in COLUMNS]


def test_a_quarter_to_the_composition_and_the_rest_to_the_recording() -> None:
    """G2 alone earns 10.00 through T2: composed by B, recorded by A (60 %) and C (40 %)."""
    world = with_rights(four_pieces(), 250_000, [(1, 0, B, 10**6), (1, 1, A, 600_000),
                                                 (1, 1, C, 400_000)])  # fmt: skip
    shares = csr_from_triples([0, 1, 2, 3], [1] * 4, [10**9] * 4, 4)
    names = ("share_indptr", "share_track", "share_ppb")
    world = replace(world, **dict(zip(names, shares, strict=True)))
    lines = allocate(world, "pro_rata", 10 * EURO, Rules())
    assert lines.by_party().tolist() == [450 * EURO // 100, 250 * EURO // 100, 300 * EURO // 100]
    steps = explain_line(world, "pro_rata", 10 * EURO, Rules(), lines.place(1)).steps
    assert [(step.stage, step.target, step.weight) for step in steps[-2:]] == [
        ("right", "recording", 750_000),
        ("holder", "A", 600_000),
    ]


def test_what_nobody_claims_of_one_right_is_held_for_that_right_alone() -> None:
    lines = allocate(with_rights(four_pieces(), 500_000, PUBLISHED), "pro_rata", EURO, Rules())
    held = lines.kind == LineKind.HELD_UNCLAIMED
    assert set(lines.right[held].tolist()) == {1}
    assert lines.atoms[held].sum() == pytest.approx(EURO / 2, abs=10)
    assert set(lines.right[~held].tolist()) == {0}


def test_a_dispute_over_one_right_holds_nothing_of_the_other() -> None:
    owners = [*PUBLISHED, (1, 1, A, 600_000), (1, 1, C, 500_000)]
    world = with_rights(four_pieces(), 500_000, owners)
    lines = allocate(world, "pro_rata", 28 * EURO, Rules())
    plain = allocate(with_rights(four_pieces(), 500_000, PUBLISHED), "pro_rata", 28 * EURO, Rules())
    compositions = [each.atoms[each.right == 0].tolist() for each in (lines, plain)]
    assert compositions[0] == compositions[1]
    disputed = lines.kind == LineKind.HELD_DISPUTED
    assert set(
        zip(lines.track[disputed].tolist(), lines.right[disputed].tolist(), strict=True)
    ) == {(1, 1)}
    assert lines.atoms[disputed].sum() == pytest.approx(676_666_667 / 2 / 10, abs=5)


def sums(lines: Allocation, *, by: tuple[str, ...]) -> dict[tuple[int, ...], int]:
    found: dict[tuple[int, ...], int] = {}
    named: list[IntArray] = [getattr(lines, name) for name in (*by, "atoms")]
    for *key, atoms in zip(*(column.tolist() for column in named), strict=True):
        found[tuple(key)] = found.get(tuple(key), 0) + atoms
    return found


@given(cases(), pools, guaranteeing)
def test_each_right_has_its_part_of_every_track_to_the_atom(
    case: tuple[Snapshot, str], pool: int, rules: Rules
) -> None:
    snapshot, model = case
    lines = allocate(snapshot, model, pool, replace(rules, fallback="held", guarantee_atoms=0))
    if not len(snapshot.right_ppm):
        assert set(lines.right[lines.track >= 0].tolist()) <= {0}
        return
    by_right = sums(lines, by=("generation", "track", "right"))
    for (piece, track), atoms in sums(lines, by=("generation", "track")).items():
        if track >= 0:
            parts = [by_right.get((piece, track, right), 0) for right in (0, 1)]
            assert parts == hamilton(atoms, snapshot.right_ppm.tolist())


@given(cases(), pools, guaranteeing, st.sampled_from([0, 1]))
def test_all_of_it_for_one_right_is_what_a_contract_for_that_right_pays(
    case: tuple[Snapshot, str], pool: int, rules: Rules, right: int
) -> None:
    snapshot, model = case
    if not len(snapshot.right_ppm):
        return
    whole = replace(snapshot, right_ppm=np.array([10**6, 0] if right == 0 else [0, 10**6]))
    lines = allocate(whole, model, pool, rules)
    assert columns(lines) == columns(allocate(of_right(snapshot, right), model, pool, rules))
    assert set(lines.right[lines.track >= 0].tolist()) <= {right}
