"""Turns loose (row, column, value) facts, as a database query gives them, into snapshot order."""

import numpy as np
import numpy.typing as npt

from royalty.apportionment.arrays import IntArray, as_ints, offsets


def sort_triples(
    rows: npt.ArrayLike, columns: npt.ArrayLike, values: npt.ArrayLike
) -> tuple[IntArray, IntArray, IntArray]:
    """The same facts in ascending order of (row, column); each array (n,).

    Equal (row, column) pairs are kept, so that `Snapshot.validate` can refuse them by name.
    """
    row, column, value = as_ints(rows), as_ints(columns), as_ints(values)
    order = np.lexsort((column, row))
    return row[order], column[order], value[order]


def csr_from_triples(
    rows: npt.ArrayLike, columns: npt.ArrayLike, values: npt.ArrayLike, n_rows: int
) -> tuple[IntArray, IntArray, IntArray]:
    """(indptr (n_rows + 1,), column (n,), value (n,)) with columns ascending inside a row.

    Raises ValueError for a row outside 0 .. n_rows - 1.
    """
    row, column, value = sort_triples(rows, columns, values)
    if len(row) and (row[0] < 0 or row[-1] >= n_rows):
        raise ValueError(f"Rows must lie in 0 .. {n_rows - 1}, got {row[0]} .. {row[-1]}.")
    return offsets(np.bincount(row, minlength=n_rows).astype(np.int64)), column, value
