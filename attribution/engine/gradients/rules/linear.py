"""`nn.Linear`, and layers that keep the same matrix the other way round."""

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor, nn

from attribution.engine.gradients.pieces import Outer, Piece, Sum
from attribution.engine.gradients.rules.base import Rule


@dataclass(frozen=True)
class LinearRule(Rule):
    """y = W x + b, on inputs of any number of dimensions: Σ_t g_t x_tᵀ and Σ_t g_t."""

    def pieces(
        self, module: nn.Module, inputs: Tensor, grads: Tensor, samples: int
    ) -> Iterator[tuple[str, Piece]]:
        """Yield the weight's outer products and the bias's sum."""
        rows, columns = _by_token(grads, samples), _by_token(inputs, samples)
        yield "weight", Outer(rows, columns)
        yield "bias", Sum(rows)


@dataclass(frozen=True)
class TransposedRule(Rule):
    """y = Wᵀ x + b, as in GPT-2's `Conv1D`, whose weight is (in, out): Σ_t x_t g_tᵀ."""

    def pieces(
        self, module: nn.Module, inputs: Tensor, grads: Tensor, samples: int
    ) -> Iterator[tuple[str, Piece]]:
        """Yield the weight's outer products and the bias's sum."""
        rows, columns = _by_token(inputs, samples), _by_token(grads, samples)
        yield "weight", Outer(rows, columns)
        yield "bias", Sum(columns)


def _by_token(values: Tensor, samples: int) -> Tensor:
    """Return (B, T, D) float32: all dimensions between sample and feature are tokens."""
    return values.reshape(samples, -1, values.shape[-1]).float()
