"""Pieces whose shares only their payer vouches for: all that they earn is held, nothing else."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given

from royalty.apportionment import (
    LineKind,
    Rules,
    Snapshot,
    SnapshotError,
    allocate,
    csr_from_triples,
    explain_line,
)
from tests.apportionment.worlds import cases, four_pieces, pools, rules

CENT = 1_000_000
POOL = 40 * CENT  # a cent a use under pro rata
FALLBACKS = ["equal_training_set", "held", "platform"]


def holding(*names: str) -> Snapshot:
    """The four pieces, of which these are not verified."""
    world = four_pieces()
    held = np.array([name in names for name in world.generation_ids])
    rows = np.repeat(np.arange(4), np.diff(world.share_indptr))
    kept = ~held[rows]
    shares = csr_from_triples(rows[kept], world.share_track[kept], world.share_ppb[kept], 4)
    names_of_shares = ("share_indptr", "share_track", "share_ppb")
    known = dict(zip(names_of_shares, shares, strict=True))
    return replace(world, unverified_generation=held, **known)


@pytest.mark.parametrize("fallback", FALLBACKS)
def test_all_that_an_unverified_piece_earns_is_held_whatever_the_fallback(fallback: str) -> None:
    lines = allocate(holding("G2"), "pro_rata", POOL, Rules(fallback=fallback))  # type: ignore[arg-type]
    by_kind = {kind.name: atoms for kind, atoms in lines.by_kind().items() if atoms}
    assert by_kind == {"ATTRIBUTED": 36 * CENT, "HELD_UNVERIFIED": 4 * CENT}


def test_what_other_pieces_pay_does_not_change() -> None:
    full = allocate(four_pieces(), "pro_rata", POOL, Rules())
    held = allocate(holding("G2"), "pro_rata", POOL, Rules())
    of_others = {tuple(row) for row in _rows(full) if row[0] != 1}
    assert {tuple(row) for row in _rows(held) if row[0] != 1} == of_others


def test_a_held_line_names_its_piece_and_nobody() -> None:
    lines = allocate(holding("G2"), "pro_rata", POOL, Rules())
    (row,) = np.flatnonzero(lines.kind == LineKind.HELD_UNVERIFIED)
    assert (lines.generation[row], lines.track[row], lines.party[row]) == (1, -1, -1)
    explanation = explain_line(holding("G2"), "pro_rata", POOL, Rules(), lines.place(row))
    assert (explanation.kind, explanation.atoms) == (LineKind.HELD_UNVERIFIED, 4 * CENT)
    assert explanation.steps[-1].stage == "held"


@given(cases(), pools, rules)
def test_what_is_held_is_what_the_marked_pieces_earn(
    case: tuple[Snapshot, str], pool: int, terms: Rules
) -> None:
    snapshot, model = case
    lines = allocate(snapshot, model, pool, terms)
    marks = snapshot.unverified_generation
    earned = lines.piece_revenue_atoms[marks].sum() if len(marks) else 0
    assert lines.by_kind()[LineKind.HELD_UNVERIFIED] == earned
    for row in np.flatnonzero(lines.kind == LineKind.HELD_UNVERIFIED).tolist():
        told = explain_line(snapshot, model, pool, terms, lines.place(row))
        assert (told.kind, told.atoms) == (LineKind.HELD_UNVERIFIED, lines.atoms[row])


def test_marks_survive_the_file_and_change_the_digest() -> None:
    file = BytesIO()
    holding("G2").save(file)
    file.seek(0)
    read = Snapshot.load(file)
    assert read.unverified_generation.tolist() == [False, True, False, False]
    assert read.digest() == holding("G2").digest() != four_pieces().digest()


def test_a_world_without_such_pieces_is_the_one_of_before_there_were_any() -> None:
    assert "unverified_generation" not in four_pieces().arrays()


@pytest.mark.parametrize(
    ("marks", "sentence"),
    [
        ([True, False, False, False], "'G1' is marked as unverified and has shares"),
        ([False, False], r"unverified_generation has shape \(2,\)"),
    ],
)
def test_marks_that_contradict_the_rest_are_refused(marks: list[bool], sentence: str) -> None:
    world = replace(four_pieces(), unverified_generation=np.array(marks))
    with pytest.raises(SnapshotError, match=sentence):
        world.validate()


def _rows(lines: object) -> list[list[int]]:
    names = ("generation", "track", "right", "party", "kind", "atoms")
    return np.stack([getattr(lines, name) for name in names]).T.tolist()
