"""From a balance to what is paid: the worked example, and what holds for every waterfall."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from royalty.apportionment.payout_waterfall import (
    RULES,
    PayeeBalance,
    PayoutTerms,
    settle_payee,
)

CENT = 1_000_000
EURO = 100 * CENT
rates = st.integers(0, 1_000_000)
amounts = st.integers(0, 10**14)
whole = st.integers(0, 10**8).map(lambda cents: cents * CENT)


@st.composite
def terms(draw, **fixed):
    return PayoutTerms(
        unit_atoms=CENT,
        fee_ppm=draw(rates),
        reserve_ppm=draw(rates),
        withholding_ppm=draw(rates),
        order=draw(st.permutations(RULES).map(tuple)),
        **{"crosses_contracts": draw(st.booleans())} | fixed,
    )


@st.composite
def balances(draw):
    count = draw(st.integers(1, 4))
    gross = st.integers(-(10**12), 10**14)
    return [PayeeBalance(f"c{n}", draw(gross), draw(whole), draw(whole)) for n in range(count)]


def test_the_worked_example():
    (settled,) = settle_payee(
        [PayeeBalance("c", 12_345 * CENT, unrecouped_atoms=40 * EURO)],
        PayoutTerms(CENT, fee_ppm=150_000, reserve_ppm=100_000, withholding_ppm=300_000),
    )
    lines = [
        (line.rule, line.base_atoms // CENT, line.atoms // CENT) for line in settled.deductions
    ]
    assert lines == [
        ("fee", 12_345, 1_852),
        ("reserve", 10_493, 1_049),
        ("recoupment", 9_444, 4_000),
        ("withholding", 5_444, 1_633),
    ]
    assert settled.payable_atoms == 3_811 * CENT


def test_withholding_first_withholds_of_the_gross():
    order = ("withholding", "fee", "reserve", "release", "recoupment")
    (settled,) = settle_payee(
        [PayeeBalance("c", 100 * EURO)],
        PayoutTerms(CENT, fee_ppm=100_000, withholding_ppm=300_000, order=order),
    )
    assert settled.total_atoms("withholding") == 30 * EURO
    assert settled.total_atoms("fee") == 7 * EURO


def test_what_is_below_a_cent_stays_on_the_account():
    (settled,) = settle_payee([PayeeBalance("c", 3 * CENT + 999_999)], PayoutTerms(CENT))
    assert (settled.payable_atoms, settled.left_atoms) == (3 * CENT, 999_999)


def test_a_released_reserve_bears_no_fee_and_no_reserve_again():
    (settled,) = settle_payee(
        [PayeeBalance("c", 0, released_atoms=10 * EURO)],
        PayoutTerms(CENT, fee_ppm=500_000, reserve_ppm=500_000, withholding_ppm=100_000),
    )
    assert settled.payable_atoms == 9 * EURO


def test_an_advance_is_never_paid_negative():
    (settled,) = settle_payee(
        [PayeeBalance("c", 10 * EURO, unrecouped_atoms=1000 * EURO)], PayoutTerms(CENT)
    )
    assert (settled.total_atoms("recoupment"), settled.payable_atoms) == (10 * EURO, 0)


def test_a_debt_stays_where_it_is():
    (settled,) = settle_payee([PayeeBalance("c", -5, released_atoms=CENT)], PayoutTerms(CENT))
    assert settled.is_empty
    assert settled.left_atoms == -5


@pytest.mark.parametrize(("crosses", "payable"), [(False, 70), (True, 20)], ids=["own", "crossing"])
def test_another_contracts_advance_is_recouped_only_by_consent(crosses, payable):
    accounts = [
        PayeeBalance("a", 70 * EURO),
        PayeeBalance("b", 50 * EURO, unrecouped_atoms=100 * EURO),
    ]
    one, other = settle_payee(accounts, PayoutTerms(CENT, crosses_contracts=crosses))
    assert (one.payable_atoms, other.payable_atoms) == (payable * EURO, 0)
    assert other.total_atoms("recoupment") == 50 * EURO


@pytest.mark.parametrize(
    "wrong",
    [
        {"fee_ppm": 1_000_001},
        {"reserve_ppm": -1},
        {"order": ("fee",)},
        {"order": (*RULES, "fee")},
        {"unit_atoms": 0},
    ],
    ids=["rate above one", "negative rate", "rules missing", "rule twice", "no unit"],
)
def test_terms_that_mean_nothing_are_refused(wrong):
    with pytest.raises(ValueError, match=r"is|lies|once"):
        PayoutTerms(**{"unit_atoms": CENT} | wrong)


@given(balances(), terms())
def test_nothing_is_lost_or_invented(accounts, agreed):
    for before, after in zip(accounts, settle_payee(accounts, agreed), strict=True):
        taken = sum(after.total_atoms(rule) for rule in RULES if rule != "release")
        given_back = after.total_atoms("release")
        assert after.gross_atoms + after.left_atoms == before.gross_atoms
        assert after.gross_atoms + given_back == taken + after.payable_atoms
        assert after.payable_atoms >= 0
        assert after.payable_atoms % CENT == 0
        assert all(line.atoms > 0 and line.atoms % CENT == 0 for line in after.deductions)


@given(balances(), terms())
def test_no_advance_is_recouped_beyond_what_is_left_of_it(accounts, agreed):
    recouped = {balance.contract: 0 for balance in accounts}
    for settled in settle_payee(accounts, agreed):
        for line in settled.deductions:
            if line.rule == "recoupment":
                recouped[line.contract] += line.atoms
                assert agreed.crosses_contracts or line.contract == settled.contract
    assert all(recouped[each.contract] <= each.unrecouped_atoms for each in accounts)


@given(amounts, amounts, whole, whole, terms())
def test_whoever_is_owed_more_is_never_paid_less(low, more, released, advance, agreed):
    paid = [
        settle_payee([PayeeBalance("c", gross, released, advance)], agreed)[0].payable_atoms
        for gross in (low, low + more)
    ]
    assert paid[0] <= paid[1]


@given(amounts, whole, terms())
def test_lines_follow_the_order_and_each_starts_where_the_last_one_ended(gross, advance, agreed):
    (settled,) = settle_payee([PayeeBalance("c", gross, CENT, advance)], agreed)
    rest, rules = settled.gross_atoms, [line.rule for line in settled.deductions]
    assert rules == [rule for rule in agreed.order if rule in rules]
    for line in settled.deductions:
        assert line.base_atoms == rest
        rest += line.atoms if line.rule == "release" else -line.atoms
    assert rest == settled.payable_atoms


@pytest.mark.parametrize("order", list(permutations(RULES))[:6], ids="-".join)
def test_every_order_is_honoured_when_rates_are_zero(order):
    (settled,) = settle_payee([PayeeBalance("c", EURO)], PayoutTerms(CENT, order=order))
    assert settled.payable_atoms == EURO
