"""Splitting a whole amount: exact, fair to one unit, deterministic, right at 63 bits."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from royalty.apportionment import SplitError, split, split_groups
from royalty.apportionment import largest_remainder as module
from royalty.apportionment.arrays import ascending_offsets
from royalty.apportionment.wide import multiply_divide
from tests.apportionment.oracle import hamilton

MAX = 2**63 - 1
weight_lists = st.lists(
    st.one_of(st.integers(0, 3), st.integers(0, 10**9), st.integers(0, 2**58)),
    min_size=1,
    max_size=12,
).filter(any)
amounts = st.one_of(st.integers(-50, 50), st.integers(-MAX, MAX))


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


@given(amounts, weight_lists)
def test_a_split_agrees_with_exact_fractions(amount: int, weights: list[int]) -> None:
    assert split(amount, ints(*weights)).tolist() == hamilton(amount, weights)


@given(amounts, weight_lists)
def test_a_split_conserves_its_amount_and_never_changes_sign(
    amount: int, weights: list[int]
) -> None:
    parts = split(amount, ints(*weights))
    assert sum(parts.tolist()) == amount
    assert all(part * amount >= 0 for part in parts.tolist())
    assert not parts[ints(*weights) == 0].any()


@given(amounts, weight_lists)
def test_a_negative_amount_mirrors_the_positive_one(amount: int, weights: list[int]) -> None:
    assert (split(-amount, ints(*weights)) == -split(amount, ints(*weights))).all()


@given(amounts, weight_lists, st.randoms(use_true_random=False))
def test_a_split_is_anonymous_up_to_ties(amount, weights, random) -> None:
    remainders = {abs(amount) * weight % sum(weights) for weight in weights}
    assume(len(remainders) == len(set(weights)))  # different weights tie: then the order decides
    shuffled = random.sample(weights, len(weights))
    before = sorted(zip(weights, split(amount, ints(*weights)).tolist(), strict=True))
    after = sorted(zip(shuffled, split(amount, ints(*shuffled)).tolist(), strict=True))
    assert before == after


def test_ties_go_to_the_lowest_index() -> None:
    assert split(2, ints(1, 1, 1)).tolist() == [1, 1, 0]
    assert split(-2, ints(1, 1, 1)).tolist() == [-1, -1, 0]
    assert split(100, ints(1, 1, 1, 0, 1)).tolist() == [25, 25, 25, 0, 25]


def test_ties_go_to_the_lowest_index_inside_every_group() -> None:
    parts = split_groups(ints(2, 4, 1), ints(1, 1, 1, 2, 3, 3, 3, 7, 7), ints(0, 3, 7, 9))
    assert parts.tolist() == [1, 1, 0, 1, 1, 1, 1, 1, 0]


@given(st.lists(st.tuples(amounts, weight_lists), max_size=8))
def test_groups_are_split_as_if_each_were_alone(groups: list[tuple[int, list[int]]]) -> None:
    weights = [weight for _, row in groups for weight in row]
    indptr = np.cumsum([0, *(len(row) for _, row in groups)])
    parts = split_groups(ints(*(amount for amount, _ in groups)), ints(*weights), indptr)
    assert parts.tolist() == [part for amount, row in groups for part in hamilton(amount, row)]


@given(st.lists(st.tuples(st.integers(0, 10**6), weight_lists), min_size=1, max_size=8))
def test_both_ways_of_ranking_remainders_agree(groups: list[tuple[int, list[int]]]) -> None:
    weights = ints(*(weight for _, row in groups for weight in row))
    indptr = np.cumsum([0, *(len(row) for _, row in groups)])
    whole = ints(*(amount for amount, _ in groups))
    packed = split_groups(whole, weights, indptr)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_KEY_BITS", -1)  # no key is ever narrow enough
        assert (split_groups(whole, weights, indptr) == packed).all()


@given(st.lists(st.tuples(amounts, weight_lists), max_size=8), st.integers(1, 12))
def test_where_blocks_end_changes_no_part(
    groups: list[tuple[int, list[int]]], block_rows: int
) -> None:
    weights = ints(*(weight for _, row in groups for weight in row))
    indptr = np.cumsum([0, *(len(row) for _, row in groups)])
    whole = ints(*(amount for amount, _ in groups))
    at_once = split_groups(whole, weights, indptr)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK_ROWS", block_rows)
        assert (split_groups(whole, weights, indptr) == at_once).all()


def test_a_group_is_named_by_its_own_number_in_every_block(monkeypatch) -> None:
    monkeypatch.setattr(module, "BLOCK_ROWS", 2)
    indptr = ints(0, 2, 2, 4, 4)
    assert split_groups(ints(5, 0, 7, 0), ints(2, 3, 1, 1), indptr).tolist() == [2, 3, 4, 3]
    with pytest.raises(SplitError, match="Group 3 has 9"):
        split_groups(ints(5, 0, 7, 9), ints(2, 3, 1, 1), indptr)
    with pytest.raises(SplitError, match="group 2 sum beyond"):
        split_groups(ints(5, 0, 7, 0), ints(2, 3, 2**62, 2**62), indptr)


@given(st.lists(st.integers(0, 6)))
def test_offsets_of_rows_in_order_agree_with_counting_them(rows: list[int]) -> None:
    group = ints(*sorted(rows))
    counts = [rows.count(number) for number in range(7)]
    assert np.diff(ascending_offsets(group, 7)).tolist() == counts


def test_many_groups_of_wide_weights_are_still_exact() -> None:
    weights = [2**61 - 1, 2**61 - 3, 7] * 5  # remainders of 61 bits leave no room for a group
    parts = split_groups(ints(*[MAX] * 5), ints(*weights), np.arange(0, 16, 3))
    assert parts.tolist() == hamilton(MAX, weights[:3]) * 5


def test_an_empty_group_may_have_nothing_but_not_something() -> None:
    assert split_groups(ints(0, 5, 0), ints(2, 3), ints(0, 0, 2, 2)).tolist() == [2, 3]
    assert split(0, ints()).tolist() == []
    with pytest.raises(SplitError, match="Group 1 has 7"):
        split_groups(ints(5, 7), ints(2, 3), ints(0, 2, 2))


def test_money_without_any_weight_is_refused() -> None:
    with pytest.raises(SplitError, match="weights sum to 0"):
        split(1, ints(0, 0))
    assert split(0, ints(0, 0)).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("amount", "weights", "sentence"),
    [
        (1, [1, -1], "Weight 1 is negative"),
        (2**63, [1], "does not fit 63 bits"),
        (-(2**63), [1], "does not fit 63 bits"),
        (1, [2**62, 2**62], "sum beyond"),
        (1, [2**61] * 4, "sum beyond"),
        (1, [2**63 - 1, 1], "sum beyond"),  # one unit too many, by the carry alone
        (1, [2**63 - 1, 2**63 - 1, 2], "sum beyond"),  # wraps to 0 in 64 bits
    ],
)
def test_what_does_not_fit_is_refused(amount: int, weights: list[int], sentence: str) -> None:
    with pytest.raises(SplitError, match=sentence):
        split(amount, ints(*weights))


def test_float_weights_are_refused() -> None:
    with pytest.raises(TypeError, match="whole numbers"):
        split(1, np.array([0.5, 0.5]))


@pytest.mark.parametrize("indptr", [[0, 1], [1, 2, 2], [0, 2, 1], [0, 1, 3]])
def test_offsets_that_do_not_cover_the_weights_are_refused(indptr: list[int]) -> None:
    with pytest.raises(SplitError):
        split_groups(ints(1, 1), ints(1, 1), ints(*indptr))


@pytest.mark.parametrize("total", [2**31 - 1, 2**31, 2**31 + 1, 2**62, 2**63 - 1])
@pytest.mark.parametrize("amount", [1, 2**31, 2**62, MAX])
def test_both_paths_are_exact_at_their_limits(amount: int, total: int) -> None:
    third = total // 3
    weights = [third, total - third - 1, 1]
    assert split(amount, ints(*weights)).tolist() == hamilton(amount, weights)


@given(st.data())
def test_the_wide_product_agrees_with_python_integers(data: st.DataObject) -> None:
    bits = data.draw(st.integers(1, 63))
    m = data.draw(st.one_of(st.integers(1, 2**bits - 1), st.just(2**bits - 1)))
    a = data.draw(st.one_of(st.integers(0, m - 1), st.just(m - 1)))
    b = data.draw(st.one_of(st.integers(0, m), st.just(m)))
    quotient, remainder = multiply_divide(ints(a), ints(b), ints(m))
    assert (int(quotient[0]), int(remainder[0])) == divmod(a * b, m)


def test_the_wide_product_is_exact_on_many_hard_cases() -> None:
    rng = np.random.default_rng(7)
    m = rng.integers(2**31, MAX, 20_000) | 1
    m[::5] = MAX - rng.integers(0, 9, len(m[::5]))
    b = np.where(rng.random(len(m)) < 0.3, m - rng.integers(0, 3, len(m)), rng.integers(0, m))
    # a·b close to a multiple of m, where a guessed digit is most easily off by one
    a = np.where(rng.random(len(m)) < 0.5, m - 1 - rng.integers(0, 3, len(m)), rng.integers(0, m))
    quotient, remainder = multiply_divide(a, b, m)
    triples = zip(a.tolist(), b.tolist(), m.tolist(), strict=True)
    expected = [divmod(x * y, z) for x, y, z in triples]
    assert list(zip(quotient.tolist(), remainder.tolist(), strict=True)) == expected
