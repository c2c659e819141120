"""Splitting a whole amount by whole weights, exactly: the largest-remainder (Hamilton) method.

Every split of money in Tantieme goes through here. Each part gets the floor of its exact share,
and the units left over go one each to the largest remainders, ties to the lowest index, so that
callers who keep their rows in ascending order of stable ids get the same parts every time.
Negative amounts are split as their absolute value and mirrored.

Why not round each part: the sum would drift. Why not a running sum (cumulative rounding): the
parts would depend on the order of the rows. Hamilton is not house-monotone (a larger amount can
shrink a part by one unit), which is harmless at the scale of atoms.

Source: A. Hamilton's method as in M. Balinski and H. P. Young, *Fair Representation*, 1982.
Knows nothing of subscribers, pieces or parties.
"""

import numpy as np

from royalty.apportionment.arrays import (
    INT64_MAX,
    BoolArray,
    IntArray,
    as_ints,
    group_sums,
    row_groups,
)
from royalty.apportionment.wide import multiply_divide

_LIMB_BITS = 32
_LIMB_MASK = 2**_LIMB_BITS - 1
_KEY_BITS = 63


class SplitError(ValueError):
    """An amount that cannot be split by the weights given."""


def split(amount: int, weights: IntArray) -> IntArray:
    """Parts of `amount` in proportion to `weights`; Σ parts = amount.  (n,) → (n,)

    Raises SplitError if a weight is negative, if all weights are 0 while the amount is not, or if
    the amount or the sum of weights does not fit 63 bits.
    """
    if abs(amount) > INT64_MAX:
        raise SplitError(f"The amount {amount} does not fit 63 bits.")
    whole = np.array([amount], dtype=np.int64)
    return split_groups(whole, weights, np.array([0, len(weights)], dtype=np.int64))


def split_groups(amounts: IntArray, weights: IntArray, indptr: IntArray) -> IntArray:
    """Split each amount over its own CSR group of weights.

    amounts (n_groups,), weights (n_rows,), indptr (n_groups + 1,) → parts (n_rows,), with
    `group_sums(parts, indptr) == amounts`. A group may be empty if its amount is 0.
    Raises SplitError as `split` does, naming the group.
    """
    amounts, weights, indptr = as_ints(amounts), as_ints(weights), as_ints(indptr)
    _check(amounts, weights, indptr)
    totals = _weight_totals(weights, indptr)
    stranded = np.flatnonzero((totals == 0) & (amounts != 0))
    if len(stranded):
        empty = int(stranded[0])
        raise SplitError(f"Group {empty} has {amounts[empty]} to split, but its weights sum to 0.")
    group = row_groups(indptr)
    parts = _split_magnitudes(np.abs(amounts), weights, indptr, totals, group)
    if (amounts < 0).any():
        np.negative(parts, out=parts, where=(amounts < 0)[group])
    return parts


def _split_magnitudes(
    amounts: IntArray, weights: IntArray, indptr: IntArray, totals: IntArray, group: IntArray
) -> IntArray:
    divisors = np.maximum(totals, 1)  # a group of weight 0 has nothing to split
    whole = amounts // divisors
    rest = amounts - whole * divisors
    parts, remainders = multiply_divide(rest[group], weights, divisors[group])
    parts += whole[group] * weights
    left = amounts - group_sums(parts, indptr)
    parts += _largest(remainders, left, group)
    return parts


def _largest(remainders: IntArray, left: IntArray, group: IntArray) -> BoolArray:
    """Marks in each group the `left[group]` largest remainders, ties to the lowest index."""
    marks = np.zeros(len(remainders), dtype=np.bool_)
    rows = np.flatnonzero((left > 0)[group])
    if len(rows) == 0:
        return marks
    starts = np.diff(group[rows], prepend=-1) > 0  # rows come in ascending order of group
    first = np.flatnonzero(starts)
    open_group = np.cumsum(starts) - 1
    want = left[group[rows[first]]]
    bits = int(remainders[rows].max()).bit_length()
    if bits + (len(first) - 1).bit_length() <= _KEY_BITS:
        marks[rows] = _mark_by_key(remainders[rows], want, first, open_group, bits)
    else:
        marks[rows] = _mark_by_order(remainders[rows], want, first, open_group)
    return marks


def _mark_by_key(
    remainders: IntArray, want: IntArray, first: IntArray, group: IntArray, bits: int
) -> BoolArray:
    """Group and descending remainder packed in one integer, so that values, not indices, sort.

    Sorting values is many times faster than a stable sort of indices. The sorted value at each
    group's last paid place is its threshold; ties at the threshold are resolved by counting.
    """
    key = (group << bits) | ((1 << bits) - 1 - remainders)
    threshold = np.sort(key)[first + want - 1][group]
    above: BoolArray = key < threshold
    tied: BoolArray = key == threshold
    still_wanted = want - np.add.reduceat(above.astype(np.int64), first)
    seen = np.cumsum(tied)
    rank: IntArray = seen - (seen - tied)[first][group]  # 1 for the first tied row of its group
    return above | (tied & (rank <= still_wanted[group]))


def _mark_by_order(
    remainders: IntArray, want: IntArray, first: IntArray, group: IntArray
) -> BoolArray:
    """The same by a stable sort of indices, for remainders too wide to share a key."""
    order = np.lexsort((-remainders, group))
    place = np.arange(len(order)) - first[group]
    marks = np.zeros(len(order), dtype=np.bool_)
    marks[order[place < want[group]]] = True
    return marks


def _weight_totals(weights: IntArray, indptr: IntArray) -> IntArray:
    longest = int(np.diff(indptr).max(initial=0))
    if int(weights.max(initial=0)) * longest > INT64_MAX:
        high = group_sums(weights >> _LIMB_BITS, indptr)
        low = group_sums(weights & _LIMB_MASK, indptr)
        beyond = np.flatnonzero(high + (low >> _LIMB_BITS) >= 2 ** (63 - _LIMB_BITS))
        if len(beyond):
            raise SplitError(f"The weights of group {beyond[0]} sum beyond 2^63 - 1.")
    return group_sums(weights, indptr)


def _check(amounts: IntArray, weights: IntArray, indptr: IntArray) -> None:
    if len(indptr) != len(amounts) + 1:
        raise SplitError(f"{len(amounts)} amounts need {len(amounts) + 1} offsets: {len(indptr)}.")
    if indptr[0] != 0 or indptr[-1] != len(weights) or (np.diff(indptr) < 0).any():
        raise SplitError(f"The offsets must rise from 0 to {len(weights)}, the number of weights.")
    if (weights < 0).any():
        raise SplitError(f"Weight {int(np.argmax(weights < 0))} is negative.")
    if (amounts < -INT64_MAX).any():
        raise SplitError("An amount of -2^63 has no absolute value in 64 bits.")
