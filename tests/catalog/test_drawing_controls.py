"""Controls for calibration and for testing are two random groups that anyone can draw again."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.services.training_sets import draw_controls

refs = st.lists(st.text(min_size=1, max_size=6), min_size=2, max_size=40, unique=True)


@given(refs=refs, seed=st.text(max_size=8), percent=st.integers(0, 100))
def test_the_groups_are_disjoint_whole_and_never_empty(refs, seed, percent):
    calibration, test = draw_controls(refs, seed=seed, calibration_part=Fraction(percent, 100))
    assert set(calibration).isdisjoint(test)
    assert sorted([*calibration, *test]) == sorted(refs)
    assert calibration
    assert test


@given(refs=refs, seed=st.text(max_size=8), data=st.data())
def test_the_order_of_the_list_decides_nothing(refs, seed, data):
    shuffled = data.draw(st.permutations(refs))
    assert draw_controls(shuffled, seed=seed) == draw_controls(refs, seed=seed)


def test_two_in_three_calibrate():
    calibration, test = draw_controls([f"t{n}" for n in range(60)], seed="m")
    assert (len(calibration), len(test)) == (40, 20)


def test_every_control_is_as_likely_to_test_wherever_it_stands():
    names = [f"t{n:02d}" for n in range(30)]
    tested = np.zeros(30)
    for seed in range(600):
        tested[[int(ref[1:]) for ref in draw_controls(names, seed=str(seed))[1]]] += 1
    expected, spread = 600 / 3, np.sqrt(600 * (1 / 3) * (2 / 3))
    assert np.abs(tested - expected).max() < 4 * spread
    assert abs(tested[:15].sum() - tested[15:].sum()) < 4 * spread * np.sqrt(30)


@pytest.mark.parametrize("refs", [[], ["a"], ["a", "a", "b"]], ids=["none", "one", "twice"])
def test_controls_that_cannot_be_split_are_refused(refs):
    with pytest.raises(ValueError, match="Two different controls"):
        draw_controls(refs, seed="m")
