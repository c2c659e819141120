"""A comparison is what would be paid, and its ratios are those of their definitions."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from royalty.apportionment import (
    MODELS,
    Candidate,
    Rules,
    SnapshotError,
    allocate,
    applicable,
    compare,
    customary,
    to_minor_units,
)
from royalty.apportionment.comparison import gini_ppm, top_ppm
from tests.apportionment.worlds import CENT, EURO, four_pieces

POOL = 28 * EURO
amounts = st.lists(st.integers(0, 10**15), min_size=1, max_size=12)


def test_an_outcome_is_what_would_be_paid_and_changes_are_against_the_first() -> None:
    candidates = [Candidate("pro_rata"), Candidate("user_centric"), customary("blend")]
    outcomes = compare(four_pieces(), candidates, POOL, Rules(), notice_atoms=CENT)
    cents = [to_minor_units(outcome.atoms, CENT, 2800).tolist() for outcome in outcomes]
    assert cents == [[1255, 677, 868], [1296, 920, 584], [1275, 799, 726]]
    assert [(each.gain_count, each.lose_count) for each in outcomes] == [(0, 0), (2, 1), (2, 1)]
    assert (outcomes[1].change_atoms == outcomes[1].atoms - outcomes[0].atoms).all()
    assert outcomes[0].small_atoms == outcomes[0].atoms[1], "B earned least of three"
    assert outcomes[1].small_atoms == outcomes[1].atoms[1]


def test_what_no_holder_gets_is_told() -> None:
    world = four_pieces(t3_owners={"C": 600_000})
    outcome = compare(world, [Candidate("pro_rata")], POOL, Rules())[0]
    assert outcome.to_nobody_atoms == POOL - outcome.atoms.sum() > 0


@pytest.mark.parametrize("model", MODELS)
def test_customary_figures_are_such_as_the_model_accepts(model: str) -> None:
    assert MODELS[model].faults(customary(model).parameters) == []


def test_only_models_apply_whose_money_came_in() -> None:
    world = four_pieces()
    subscription = [name for name, model in MODELS.items() if model.revenue == "subscription"]
    assert applicable(world) == subscription
    fees = replace(
        world, generation_fee_atoms=np.full(4, EURO), subscriber_fee_atoms=np.zeros(3, int)
    )
    assert applicable(fees) == ["per_output", "advertising"]


def test_parameters_that_the_model_does_not_take_stop_the_comparison() -> None:
    with pytest.raises(SnapshotError, match="takes no parameter"):
        compare(four_pieces(), [Candidate("pro_rata", {"alpha_ppm": 1})], POOL, Rules())


def test_comparing_leaves_the_snapshot_as_it_is() -> None:
    world = four_pieces()
    before = world.digest()
    compare(world, [customary(name) for name in applicable(world)], POOL, Rules())
    assert world.digest() == before
    assert (allocate(world, "pro_rata", POOL, Rules()).atoms > 0).all()


@given(amounts)
def test_gini_is_half_the_relative_mean_difference(values: list[int]) -> None:
    n, total = len(values), sum(values)
    expected = Fraction(0)
    if total:
        expected = Fraction(sum(abs(a - b) for a in values for b in values), 2 * n * total)
    assert gini_ppm(np.array(values)) == int(10**6 * expected)


@given(amounts)
def test_the_top_is_everything_of_ten_holders_and_less_of_more(values: list[int]) -> None:
    top = top_ppm(np.array(values))
    if len(values) <= 10 and sum(values):
        assert top == 10**6
    assert top <= 10**6


@pytest.mark.parametrize(
    ("values", "gini"),
    [([5, 5, 5, 5], 0), ([0, 0, 0, 8], 750_000), ([0, 0], 0), ([2**62, 2**62 - 1], 0)],
    ids=["all the same", "one has everything", "nobody has anything", "large"],
)
def test_gini_at_its_ends(values: list[int], gini: int) -> None:
    assert gini_ppm(np.array(values)) == gini
