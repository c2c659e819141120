"""Per-sample gradients of one parameter, kept in the form in which they are cheapest.

A gradient of a weight matrix is a sum of outer products over tokens. Whitening, projecting and
taking second moments are all cheaper on the two thin factors than on the matrix, so rules hand
over pieces, and whoever needs the matrix asks for it.
"""

from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor


@dataclass(frozen=True)
class Outer:
    """Σ over tokens of rows ⊗ columns: a matrix of shape (R, C) for each sample."""

    rows: Tensor  # (B, T, R)
    columns: Tensor  # (B, T, C)

    def dense(self) -> Tensor:
        """Return the gradient, (B, R, C)."""
        return torch.matmul(self.rows.transpose(1, 2), self.columns)


@dataclass(frozen=True)
class Lookup:
    """As Outer with one-hot rows, which an embedding has: row v is Σ of columns where token = v."""

    tokens: Tensor  # (B, T) int64
    columns: Tensor  # (B, T, C)
    n_rows: int

    def dense(self) -> Tensor:
        """Return the gradient, (B, R, C)."""
        batch, _, width = self.columns.shape
        flat = self.columns.new_zeros(batch * self.n_rows, width)
        offsets = self.n_rows * torch.arange(batch, device=self.tokens.device).unsqueeze(1)
        flat.index_add_(0, (self.tokens + offsets).reshape(-1), self.columns.reshape(-1, width))
        return flat.view(batch, self.n_rows, width)


@dataclass(frozen=True)
class Sum:
    """Σ over tokens of values: biases, and the scales of normalisations."""

    values: Tensor  # (B, T, D)

    def dense(self) -> Tensor:
        """Return the gradient, (B, D)."""
        return self.values.sum(1)


@dataclass(frozen=True)
class Exact:
    """The gradient itself, as autograd made it."""

    values: Tensor  # (B, numel)

    def dense(self) -> Tensor:
        """Return the gradient, (B, numel)."""
        return self.values


Piece: TypeAlias = Outer | Lookup | Sum | Exact
