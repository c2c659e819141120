"""Digits of amounts and shares: integer arithmetic, honest rounding."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from royalty.documents import Scale, exact_amount, format_amount
from royalty.documents.amounts import decimals_for, percent

EUR = Scale("EUR", 2, 1_000_000)
JPY = Scale("JPY", 0, 10_000)
amounts = st.integers(-(2**63), 2**63 - 1)


@pytest.mark.parametrize(
    ("atoms", "scale", "decimals", "expected"),
    [
        (123_456_000_000, EUR, None, "1,234.56"),
        (123_456_500_000, EUR, None, "1,234.57"),
        (-123_456_500_000, EUR, None, "−1,234.57"),
        (123_456_499_999, EUR, None, "1,234.56"),
        (123_456_499_999, EUR, 4, "1,234.5650"),
        (0, EUR, None, "0.00"),
        (1, EUR, None, "< 0.01"),
        (-1, EUR, 4, "> −0.0001"),
        (500_000, EUR, None, "0.01"),
        (99_999_999_999_999, EUR, None, "1,000,000.00"),
        (123_450_000, JPY, None, "12,345"),
        (5_000, JPY, None, "1"),
        (4_999, JPY, None, "< 1"),
        (2**63 - 1, EUR, None, "92,233,720,368.55"),
    ],
)
def test_amounts_for_people(atoms: int, scale: Scale, decimals: int | None, expected: str) -> None:
    assert format_amount(atoms, scale, decimals) == expected


@given(amounts, st.integers(0, 8))
def test_rounding_is_half_away_from_zero(atoms: int, decimals: int) -> None:
    shown = format_amount(atoms, EUR, decimals).replace(",", "").replace("−", "-")
    expected = (Decimal(atoms) / 10**8).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert shown.startswith(("<", ">")) == (atoms != 0 and expected == 0)
    assert shown.startswith(("<", ">")) or Decimal(shown) == expected


@given(amounts)
def test_exact_amounts_lose_no_atom(atoms: int) -> None:
    assert int(Decimal(exact_amount(atoms, EUR)) * 10**8) == atoms
    assert int(Decimal(exact_amount(atoms, JPY)) * 10**4) == atoms


def test_a_column_gets_more_decimals_only_when_it_needs_them() -> None:
    assert decimals_for([1_000_000, 0, -5_000_000], EUR) == 2
    assert decimals_for([1_000_000, 1], EUR) == 4
    assert decimals_for([], JPY) == 0


@pytest.mark.parametrize(
    ("parts", "whole", "expected"),
    [(1, 3, "33.3 %"), (2, 3, "66.7 %"), (0, 7, "0.0 %"), (1, 10**9, "< 0.1 %"), (5, 5, "100.0 %")],
)
def test_percentages(parts: int, whole: int, expected: str) -> None:
    assert percent(parts, whole).replace("\N{NO-BREAK SPACE}", " ") == expected


@pytest.mark.parametrize(("decimals", "atoms_per_minor"), [(2, 3), (2, 0), (-1, 10), (2, 250)])
def test_a_scale_that_digits_cannot_show_is_refused(decimals: int, atoms_per_minor: int) -> None:
    with pytest.raises(ValueError, match="power of ten"):
        Scale("XXX", decimals, atoms_per_minor)
