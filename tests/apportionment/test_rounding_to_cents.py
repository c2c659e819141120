"""Payees are rounded to cents once, commissions half-up; neither loses or invents money."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from royalty.apportionment import SplitError, commission_atoms, to_minor_units
from tests.apportionment.worlds import CENT

holdings = st.lists(st.integers(0, 10**12), max_size=20)


@given(holdings)
def test_no_more_is_paid_than_there_is(atoms: list[int]) -> None:
    cents = to_minor_units(np.array(atoms, dtype=np.int64), CENT)
    assert int(cents.sum()) == sum(atoms) // CENT
    assert (np.abs(cents * CENT - atoms) < CENT).all()


@given(holdings)
def test_debts_round_as_claims_do(atoms: list[int]) -> None:
    claims = np.array(atoms, dtype=np.int64)
    assert (to_minor_units(-claims, CENT) == -to_minor_units(claims, CENT)).all()


def test_cents_go_to_the_largest_remainders_and_ties_to_the_first() -> None:
    atoms = np.array([500_000, 1_900_000, 500_000, 100_000])
    assert to_minor_units(atoms, CENT).tolist() == [1, 2, 0, 0]


def test_a_stated_total_is_reached_exactly() -> None:
    atoms = np.array([333_333, 333_333, 333_333])
    assert to_minor_units(atoms, CENT, 1).tolist() == [1, 0, 0]
    assert to_minor_units(-atoms, CENT, -1).tolist() == [-1, 0, 0]


@pytest.mark.parametrize("total", [-1, 1, 5])
def test_a_total_out_of_reach_is_refused(total: int) -> None:
    with pytest.raises(SplitError, match="cannot be reached"):
        to_minor_units(np.array([2 * CENT, 0]), CENT, total)


def test_amounts_of_both_signs_are_refused() -> None:
    with pytest.raises(SplitError, match="both signs"):
        to_minor_units(np.array([CENT, -CENT]), CENT)


@pytest.mark.parametrize(
    ("gross", "ppm", "expected"),
    [
        (40_00 * CENT, 300_000, 12_00 * CENT),
        (5 * CENT, 100_000, 1 * CENT),  # half a cent goes up
        (5 * CENT - 1, 100_000, 0),
        (-5 * CENT, 100_000, -1 * CENT),
        (CENT * 6 // 10, 1_000_000, CENT * 6 // 10),  # never more than the gross
        (10**18, 1, 10**12),
        (0, 500_000, 0),
    ],
)
def test_commission_is_rounded_half_up_in_cents(gross: int, ppm: int, expected: int) -> None:
    assert commission_atoms(gross, ppm, CENT) == expected


@pytest.mark.parametrize(("ppm", "unit"), [(-1, CENT), (1_000_001, CENT), (1, 0)])
def test_a_rate_or_a_unit_that_makes_no_sense_is_refused(ppm: int, unit: int) -> None:
    with pytest.raises(ValueError, match="must"):
        commission_atoms(100, ppm, unit)
