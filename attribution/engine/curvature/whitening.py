"""Applies inverse roots of a curvature to gradient pieces, on whichever side is cheaper."""

from dataclasses import dataclass

import torch
from torch import Tensor

from attribution.engine.curvature.factors import Curvature
from attribution.engine.errors import MismatchedCurvature
from attribution.engine.gradients.pieces import Lookup, Outer, Piece
from attribution.engine.gradients.plan import Plan


@dataclass(frozen=True)
class Roots:
    """Inverse roots of one parameter's factors: (n,) for a diagonal, (n, n) otherwise."""

    rows: Tensor | None
    columns: Tensor

    def whiten(self, piece: Piece) -> Lookup | Tensor:
        """Return the whitened gradient, (B, ...), or rows of it where that is all there is."""
        match piece:
            case Outer():
                return self._outer(piece)
            case Lookup():
                return self._lookup(piece)
            case _:
                return piece.dense() * self.columns

    def _outer(self, piece: Outer) -> Tensor:
        """A root costs T·n² on the tokens and n²·(other side) on the product: take the lesser."""
        assert self.rows is not None
        tokens, n_rows, n_columns = *piece.rows.shape[1:], piece.columns.shape[2]
        columns_first, rows_first = tokens <= n_rows, tokens <= n_columns
        rows = _times(piece.rows, self.rows) if rows_first else piece.rows
        columns = _times(piece.columns, self.columns) if columns_first else piece.columns
        matrix = Outer(rows, columns).dense()
        if not columns_first:
            matrix = _times(matrix, self.columns)
        return matrix if rows_first else _times_left(self.rows, matrix)

    def _lookup(self, piece: Lookup) -> Lookup | Tensor:
        assert self.rows is not None
        if self.rows.dim() == 1:
            columns = _times(piece.columns, self.columns) * self.rows[piece.tokens].unsqueeze(-1)
            return Lookup(piece.tokens, columns, piece.n_rows)
        return _times_left(self.rows, _times(piece.dense(), self.columns))


def roots_of(
    curvature: Curvature, plan: Plan, damping: float, device: torch.device
) -> dict[str, Roots]:
    """Return the roots of every covered parameter.

    Raises MismatchedCurvature when the curvature was made for another model or other settings.
    """
    missing = [name for name in plan.covered if name not in curvature.parameters]
    wrong = [
        name for name in plan.covered if name not in missing and not _fits(curvature, plan, name)
    ]
    if missing or wrong:
        raise MismatchedCurvature(
            f"The curvature does not fit this model: parameters {', '.join(missing + wrong)} are "
            "missing from it or have another shape. Estimate it again with this checkpoint and "
            "this configuration."
        )
    return {
        name: Roots(
            None
            if (rows := curvature.parameters[name].rows) is None
            else rows.inverse_root(damping, device),
            curvature.parameters[name].columns.inverse_root(damping, device),
        )
        for name in plan.covered
    }


def _fits(curvature: Curvature, plan: Plan, name: str) -> bool:
    found, shape = curvature.parameters[name], plan.shapes[name]
    matrix = plan.is_matrix(name)
    if (found.rows is not None) != matrix:
        return False
    n_rows = 1 if found.rows is None else len(found.rows.values)
    return n_rows * len(found.columns.values) == torch.Size(shape).numel()


def _times(values: Tensor, root: Tensor) -> Tensor:
    """Multiply the last dimension by a symmetric root."""
    return values * root if root.dim() == 1 else values @ root


def _times_left(root: Tensor, matrix: Tensor) -> Tensor:
    """Multiply the rows of (B, R, C) by a symmetric root."""
    return root.unsqueeze(-1) * matrix if root.dim() == 1 else torch.matmul(root, matrix)
