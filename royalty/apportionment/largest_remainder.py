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

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from royalty.apportionment.arrays import INT64_MAX, BoolArray, IntArray, as_ints, group_sums
from royalty.apportionment.wide import multiply_divide

_LIMB_BITS = 32
_LIMB_MASK = 2**_LIMB_BITS - 1
_KEY_BITS = 63
BLOCK_ROWS = 2**15  # of int64: some arrays of 256 KiB, which a processor's second cache holds


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
    parts = np.empty_like(weights)
    for first, last in _blocks(indptr):
        rows = slice(int(indptr[first]), int(indptr[last]))
        bounds = indptr[first : last + 1] - indptr[first]
        totals = group_sums(weights[rows], bounds)
        _refuse_stranded(amounts[first:last], totals, first)
        parts[rows] = _split_block(amounts[first:last], weights[rows], bounds, totals)
    return parts


def _blocks(indptr: IntArray) -> Iterator[tuple[int, int]]:
    """Runs of whole groups (first, past the last) with about BLOCK_ROWS rows each.

    Groups do not touch each other, so blocks change no part. They bound the memory, and what is
    at work at a time stays in the processor's cache, which halves the time of large splits.
    """
    cuts = np.searchsorted(indptr, np.arange(BLOCK_ROWS, int(indptr[-1]), BLOCK_ROWS))
    ends = np.unique(np.append(cuts, len(indptr) - 1))
    yield from pairwise([0, *ends[ends > 0].tolist()])


def _split_block(
    amounts: IntArray, weights: IntArray, indptr: IntArray, totals: IntArray
) -> IntArray:
    sizes = np.diff(indptr)
    magnitudes = np.abs(amounts)
    divisors = np.maximum(totals, 1)  # a group of weight 0 has nothing to split
    whole = magnitudes // divisors
    rest = magnitudes - whole * divisors
    parts, remainders = multiply_divide(np.repeat(rest, sizes), weights, np.repeat(divisors, sizes))
    if whole.any():
        parts += np.repeat(whole, sizes) * weights
    left = magnitudes - group_sums(parts, indptr)
    if left.any():
        parts += _largest(remainders, left, indptr)
    negative = amounts < 0
    if negative.any():
        np.negative(parts, out=parts, where=np.repeat(negative, sizes))
    return parts


def _largest(remainders: IntArray, left: IntArray, indptr: IntArray) -> BoolArray:
    """Marks in each group the `left` largest remainders, ties to the lowest index."""
    sizes = np.diff(indptr)
    order = _descending(remainders, sizes)
    paid = np.arange(len(order)) < np.repeat(indptr[:-1] + left, sizes)
    marks = np.zeros(len(order), dtype=np.bool_)
    marks[order[paid]] = True
    return marks


def _descending(remainders: IntArray, sizes: IntArray) -> IntArray:
    """The rows by group, then by descending remainder, then ascending.  (n,)

    Group, remainder and row are packed in one integer where they fit, because sorting values is
    many times faster than a stable sort of indices.
    """
    group = np.repeat(np.arange(len(sizes)), sizes)
    row = np.arange(len(remainders))
    row_bits = len(row).bit_length()
    bits = int(remainders.max()).bit_length()
    if len(sizes).bit_length() + bits + row_bits > _KEY_BITS:
        return np.lexsort((-remainders, group))
    keys = ((((group + 1) << bits) - 1 - remainders) << row_bits) | row
    keys.sort()
    keys &= (1 << row_bits) - 1
    return keys


def _refuse_stranded(amounts: IntArray, totals: IntArray, first: int) -> None:
    stranded = (totals == 0) & (amounts != 0)
    if stranded.any():
        at = int(np.argmax(stranded))
        raise SplitError(
            f"Group {first + at} has {amounts[at]} to split, but its weights sum to 0."
        )


def _refuse_overflow(weights: IntArray, indptr: IntArray) -> None:
    longest = int(np.diff(indptr).max(initial=0))
    if int(weights.max(initial=0)) * longest <= INT64_MAX:
        return
    high = group_sums(weights >> _LIMB_BITS, indptr)
    low = group_sums(weights & _LIMB_MASK, indptr)
    beyond = np.flatnonzero(high + (low >> _LIMB_BITS) >= 2 ** (63 - _LIMB_BITS))
    if len(beyond):
        raise SplitError(f"The weights of group {beyond[0]} sum beyond 2^63 - 1.")


def _check(amounts: IntArray, weights: IntArray, indptr: IntArray) -> None:
    if len(indptr) != len(amounts) + 1:
        raise SplitError(f"{len(amounts)} amounts need {len(amounts) + 1} offsets: {len(indptr)}.")
    if indptr[0] != 0 or indptr[-1] != len(weights) or (np.diff(indptr) < 0).any():
        raise SplitError(f"The offsets must rise from 0 to {len(weights)}, the number of weights.")
    if weights.min(initial=0) < 0:
        raise SplitError(f"Weight {int(np.argmax(weights < 0))} is negative.")
    if amounts.min(initial=0) < -INT64_MAX:
        raise SplitError("An amount of -2^63 has no absolute value in 64 bits.")
    _refuse_overflow(weights, indptr)
