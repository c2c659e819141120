"""Money is whole numbers of atoms; text goes in and out without losing one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.money import CURRENCIES, MoneyError, currency

EUR, JPY = currency("EUR"), currency("JPY")


@pytest.mark.parametrize(
    ("text", "atoms"),
    [("9.99", 999_000_000), ("0.01", 1_000_000), ("10", 1_000_000_000), ("-4.50", -450_000_000)],
)
def test_amounts_become_atoms(text, atoms):
    assert EUR.parse_atoms(text) == atoms


def test_a_currency_without_decimals_has_larger_atoms():
    assert JPY.parse_atoms("250") == 250 * 10_000
    assert JPY.parse_atoms("250.00") == 250 * 10_000
    with pytest.raises(MoneyError, match="more decimals than JPY"):
        JPY.parse_atoms("250.5")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,5",
        "1.",
        ".5",
        "1e3",
        "NaN",
        "+1",
        " 1",
        "1 ",
        "--1",
        "0x1",
        "٣",
        "1.999999",
        "9" * 16,
    ],
)
def test_what_is_no_plain_amount_is_refused(text):
    with pytest.raises(MoneyError):
        EUR.parse_atoms(text)


def test_an_unknown_currency_is_named_with_those_that_are_known():
    with pytest.raises(MoneyError, match="'XXX' is not a currency known here; known are AUD"):
        currency("XXX")


@given(st.sampled_from(sorted(CURRENCIES)), st.integers(-(10**15) + 1, 10**15 - 1))
def test_minor_units_survive_the_way_to_text_and_back(code, minor):
    money = currency(code)
    atoms = minor * money.atoms_per_minor
    assert money.parse_atoms(money.format_atoms(atoms).replace(",", "")) == atoms


@given(st.integers(-(2**62), 2**62))
def test_text_is_cut_towards_zero_and_never_says_minus_nothing(atoms):
    text = EUR.format_atoms(atoms)
    assert text != "-0.00"
    shown = EUR.parse_atoms(text.replace(",", ""))
    assert abs(shown) <= abs(atoms) < abs(shown) + EUR.atoms_per_minor


def test_every_currency_leaves_room_for_billions_in_a_bigint():
    for money in CURRENCIES.values():
        assert 30_000_000_000 * money.atoms_per_unit < 2**63
