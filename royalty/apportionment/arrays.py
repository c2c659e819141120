"""Integer array types and exact sums that the other modules of the core share.

Owns nothing but plumbing: no rounding and no money rule may be put here. Everything is int64;
a float never holds an amount.
"""

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
UintArray = npt.NDArray[np.uint64]
BoolArray = npt.NDArray[np.bool_]

INT64_MAX = int(np.iinfo(np.int64).max)


def as_ints(values: npt.ArrayLike) -> IntArray:
    """A contiguous int64 array of whole numbers; refuses floats, even whole ones.

    Raises TypeError for anything that is not an integer array: a float amount that happens to be
    whole today is how cents get lost tomorrow.
    """
    array = np.asarray(values)
    if array.size == 0:
        return np.zeros(array.shape, dtype=np.int64)
    if array.dtype.kind not in "iu":
        raise TypeError(f"Expected an array of whole numbers, got {array.dtype}.")
    if array.dtype.kind == "u" and int(array.max()) > INT64_MAX:
        raise TypeError("An unsigned value is above 2^63 - 1 and does not fit an int64.")
    return np.ascontiguousarray(array, dtype=np.int64)


def offsets(sizes: IntArray) -> IntArray:
    """CSR offsets of groups with these sizes.  (n,) → (n + 1,)"""
    indptr = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=indptr[1:])
    return indptr


def ascending_offsets(group: IntArray, n_groups: int) -> IntArray:
    """CSR offsets of rows that come in ascending order of group.  (n_rows,) → (n_groups + 1,)"""
    begins = np.ones(len(group), dtype=np.bool_)
    np.not_equal(group[1:], group[:-1], out=begins[1:])
    starts = np.flatnonzero(begins)
    sizes = np.zeros(n_groups, dtype=np.int64)
    sizes[group[starts]] = np.diff(np.append(starts, len(group)))
    return offsets(sizes)


def row_groups(indptr: IntArray) -> IntArray:
    """The group that each row belongs to.  (n_groups + 1,) → (n_rows,)"""
    return np.repeat(np.arange(len(indptr) - 1, dtype=np.int64), np.diff(indptr))


def group_sums(values: IntArray, indptr: IntArray) -> IntArray:
    """Sum of each CSR group, empty groups included.  (n_rows,), (n_groups + 1,) → (n_groups,)

    Exact as long as a group's own sum fits an int64 (see `largest_remainder`).
    """
    sums = np.zeros(len(indptr) - 1, dtype=np.int64)
    filled = indptr[1:] > indptr[:-1]  # `reduceat` would give an empty group its next row
    if filled.any():
        sums[filled] = np.add.reduceat(values, indptr[:-1][filled])
    return sums


def sum_at(positions: IntArray, values: IntArray, size: int) -> IntArray:
    """Exact sum of `values` for each position.  (n_rows,), (n_rows,) → (size,)

    `np.bincount` would add in float64 and lose units beyond 2^53.
    """
    totals = np.zeros(size, dtype=np.int64)
    np.add.at(totals, positions, values)
    return totals


def with_rest(
    indptr: IntArray, column: IntArray, value: IntArray, *, whole: int, rest_column: int
) -> tuple[IntArray, IntArray, IntArray]:
    """A CSR table with what is left of each row, up to the whole, as one more value at its end."""
    ends = indptr[1:]
    rest = whole - group_sums(value, indptr)
    wider = indptr + np.arange(len(indptr))
    return wider, np.insert(column, ends, rest_column), np.insert(value, ends, rest)
