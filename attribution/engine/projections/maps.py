"""Linear maps of the two sides of a gradient, applied in the order that costs least.

A gradient Σ_t r_t ⊗ c_t needs 2·T·R·C operations to be formed, as many as a training step spends
on it. Mapped to k_r × k_c numbers, it need not be formed: the maps can be applied to the tokens
before the sum. Whitening is such a map and is folded in beforehand, so it costs nothing.
"""

from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor
from torch.nn import functional

from attribution.engine.gradients.pieces import Exact, Lookup, Outer, Piece, Sum

EVEN = 16  # columns of a product are a multiple of this

Side: TypeAlias = Tensor | None  # None: as it is; (n,): a diagonal; (n, k): a matrix


@dataclass(frozen=True)
class Maps:
    """What is done to the rows, the columns and, before both, the entries of a gradient (R, C)."""

    shape: tuple[int, int]
    rows: Side
    columns: Side
    entries: Tensor | None = None  # (R · C,), where curvature is known by the entry

    def apply(self, piece: Piece) -> Tensor:
        """Return the mapped gradients of a batch, (B, k_r, k_c)."""
        match piece:
            case Outer():
                return self._outer(piece)
            case Lookup():
                return self._lookup(piece)
            case Sum() | Exact():
                return self._whole(piece.dense())

    def _whole(self, gradient: Tensor) -> Tensor:
        if self.entries is not None:
            gradient = gradient * self.entries
        return left(self.rows, right(gradient.reshape(-1, *self.shape), self.columns))

    def _lookup(self, piece: Lookup) -> Tensor:
        """A row of the map is looked up for each token, instead of a row of the gradient."""
        columns = right(piece.columns, self.columns)
        if self.rows is None or self.rows.dim() == 1:
            return left(self.rows, Lookup(piece.tokens, columns, piece.n_rows).dense())
        return Outer(self.rows[piece.tokens], columns).dense()

    def _outer(self, piece: Outer) -> Tensor:
        rows_first, columns_first = self._order(piece.rows.shape[1])
        rows = right(piece.rows, self.rows) if rows_first else piece.rows
        columns = right(piece.columns, self.columns) if columns_first else piece.columns
        matrix = Outer(rows, columns).dense()
        if not columns_first:
            matrix = right(matrix, self.columns)
        return matrix if rows_first else left(self.rows, matrix)

    def _order(self, tokens: int) -> tuple[bool, bool]:
        """Return (rows before the sum, columns before the sum) with the fewest operations."""
        orders = [(rows, columns) for rows in (True, False) for columns in (True, False)]
        return min(orders, key=lambda order: self._cost(tokens, *order))

    def _cost(self, tokens: int, rows_first: bool, columns_first: bool) -> int:
        (n_rows, n_columns), (k_rows, k_columns) = self.shape, self.mapped
        rows, columns = (
            (k_rows if rows_first else n_rows),
            (k_columns if columns_first else n_columns),
        )
        cost = tokens * rows * columns
        if self.rows is not None and self.rows.dim() == 2:
            cost += n_rows * k_rows * (tokens if rows_first else k_columns)
        if self.columns is not None and self.columns.dim() == 2:
            cost += n_columns * k_columns * (tokens if columns_first else rows)
        return cost

    @property
    def mapped(self) -> tuple[int, int]:
        """(k_r, k_c)."""
        sizes = zip(self.shape, (self.rows, self.columns), strict=True)
        k_rows, k_columns = (n if side is None else side.shape[-1] for n, side in sizes)
        return k_rows, k_columns


def right(values: Tensor, side: Side) -> Tensor:
    """Map the last dimension, (..., n) → (..., k).

    A product with 47 columns takes up to half as long again as one with 48, so it gets 48.
    """
    if side is None:
        return values
    if side.dim() == 1:
        return values * side
    width = side.shape[1]
    return (values @ functional.pad(side, (0, -width % EVEN)))[..., :width]


def left(side: Side, matrix: Tensor) -> Tensor:
    """Map the rows of (B, R, C), → (B, k, C)."""
    if side is None:
        return matrix
    return side.unsqueeze(-1) * matrix if side.dim() == 1 else torch.matmul(side.T, matrix)
