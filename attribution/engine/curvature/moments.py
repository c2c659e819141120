"""K-FAC's second moments: of what enters and leaves each weight, averaged over tokens."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from attribution.engine.gradients.pieces import Exact, Lookup, Outer, Piece, Sum


@dataclass(frozen=True)
class Sides:
    """Factors of one parameter in float64, each (n, n) or its diagonal (n,): a vector has no rows.

    A matrix says that G ⊗ A, rows by columns, is what its gradients spread like.
    """

    rows: Tensor | None
    columns: Tensor


@dataclass
class Kronecker:
    """Running sums of one kind of use of a matrix: Σ rows rowsᵀ, Σ columns columnsᵀ, tokens."""

    rows: Tensor  # (R,) if only its diagonal is kept, else (R, R); float64
    columns: Tensor
    tokens: int = 0


@dataclass
class TokenMoments:
    """Running sums of one parameter over tokens, apart for each kind of use.

    A token that sends no gradient back, such as padding, is not counted.
    """

    largest_factor: int
    kinds: dict[type[Piece], Kronecker] = field(default_factory=dict)
    diagonal: Tensor | None = None

    def add(self, piece: Piece) -> None:
        """Take in one piece of one batch."""
        match piece:
            case Outer(rows=rows, columns=columns):
                felt = rows.any(-1)
                second = _second(rows[felt], self.largest_factor)
                self._kind(Outer, second, columns[felt]).tokens += int(felt.sum())
            case Lookup(tokens=tokens, columns=columns, n_rows=n_rows):
                felt = columns.any(-1)
                counts = torch.bincount(tokens[felt], minlength=n_rows).double()
                self._kind(Lookup, counts, columns[felt]).tokens += int(felt.sum())
            case Sum(values=values):
                self._add_diagonal(values.double().square().sum((0, 1)))
            case Exact(values=values):
                self._add_diagonal(values.double().square().sum(0))

    def sides(self, samples: int, numel: int) -> Sides:
        """Return the factors whose product approximates E[gradient gradientᵀ] of a sample."""
        if self.kinds:
            return Sides(*_balanced_sum(list(self.kinds.values()), samples))
        if self.diagonal is None:  # used by no segment of the sample
            return Sides(None, torch.zeros(numel, dtype=torch.float64))
        return Sides(None, self.diagonal / samples)

    def _kind(self, kind: type[Piece], rows: Tensor, columns: Tensor) -> Kronecker:
        second = _second(columns, self.largest_factor)
        if kind in self.kinds:
            self.kinds[kind].rows += rows
            self.kinds[kind].columns += second
        else:
            self.kinds[kind] = Kronecker(rows, second)
        return self.kinds[kind]

    def _add_diagonal(self, squares: Tensor) -> None:
        self.diagonal = squares if self.diagonal is None else self.diagonal + squares


def _second(values: Tensor, largest_factor: int) -> Tensor:
    """Return Σ over samples and tokens of v vᵀ, or of v² where the factor would be too large."""
    flat = values.reshape(-1, values.shape[-1])
    if flat.shape[1] > largest_factor:
        return flat.double().square().sum(0)
    return (flat.T @ flat).double()


def _balanced_sum(kinds: list[Kronecker], samples: int) -> tuple[Tensor, Tensor]:
    """Return one (rows, columns) for all kinds of use of a matrix, scaled to one sample.

    A Kronecker product fixes only the product of its factors' scales, so before factors of two
    kinds are added, each pair is brought to equal traces (the balance of Martens and Grosse).
    """
    scaled = [(kind.rows / max(kind.tokens, 1), kind.columns / samples) for kind in kinds]
    if len(scaled) == 1:
        return scaled[0]
    balanced = []
    for rows, columns in scaled:
        ratio = torch.sqrt(trace(columns) / trace(rows).clamp_min(torch.finfo(rows.dtype).tiny))
        balanced.append((rows * ratio, columns / ratio.clamp_min(torch.finfo(rows.dtype).tiny)))
    return _added([pair[0] for pair in balanced]), _added([pair[1] for pair in balanced])


def trace(factor: Tensor) -> Tensor:
    return factor.sum() if factor.dim() == 1 else factor.diagonal().sum()


def _added(factors: list[Tensor]) -> Tensor:
    full = any(factor.dim() == 2 for factor in factors)
    return torch.stack([f.diag() if full and f.dim() == 1 else f for f in factors]).sum(0)
