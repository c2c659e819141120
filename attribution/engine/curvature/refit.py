"""Kronecker factors refitted to the whole gradients of segments.

K-FAC takes the tokens of a segment for independent, and what enters a weight for independent of
what comes back to it. What gets whitened is the gradient of a whole segment, where neither holds.
Of all G ⊗ A the one most likely to have made matrices of that covariance has (Dutilleul, 1999)

    A = mean of gradientᵀ G⁻¹ gradient / R,     G = mean of gradient A⁻¹ gradientᵀ / C,

each given the other, in turns. From K-FAC's factors one turn is enough. The second moments of few
segments are noisy where K-FAC's, averaged over tokens, are not; so K-FAC's factor, brought to the
same trace, stays in the mean with the weight of PRIOR_SEGMENTS segments.

A gradient may cancel over tokens to nothing but rounding, as that of a key's bias does, which
softmax does not feel. Whitened by its own moments it would count as much as any other. So of
K-FAC's product, which knows what was cancelled, FLOOR is added.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal, TypeAlias

import torch
from torch import Tensor

from attribution.engine.curvature.moments import Sides, trace
from attribution.engine.gradients.pieces import Piece

PRIOR_SEGMENTS = 32
DAMPING = 0.001  # of the other side while refitting; ten times more or less makes no difference
FLOOR = 1e-6  # an energy: what is a thousandth of its tokens is taken for rounding

SideName: TypeAlias = Literal["rows", "columns"]
TURN: tuple[SideName, ...] = ("columns", "rows")


class WholeGradients:
    """Adds up the pieces of a batch, and hands on each parameter's gradients after its last use.

    `uses` is how many pieces a parameter has in any batch, at most. So only parameters with
    several uses have to wait, and the gradients of the whole model are never held at once.
    """

    def __init__(self, uses: Mapping[str, int], receive: Callable[[str, Tensor], None]) -> None:
        self._uses, self._receive = uses, receive
        self._waiting: dict[str, Tensor] = {}
        self._seen: Counter[str] = Counter()

    def add(self, name: str, piece: Piece) -> None:
        """Take in one piece of the batch."""
        whole = piece.dense().flatten(1)
        self._waiting[name] = self._waiting[name] + whole if name in self._waiting else whole
        self._seen[name] += 1
        if self._seen[name] == self._uses[name]:
            self._receive(name, self._waiting.pop(name))

    def close(self) -> None:
        """End the batch: hand on what it used less often than others."""
        for name, whole in self._waiting.items():
            self._receive(name, whole)
        self._waiting.clear()
        self._seen.clear()


class Refit:
    """Running second moments of one side of every parameter, given the other side."""

    def __init__(
        self,
        side: SideName,
        known: Mapping[str, Sides],
        of_tokens: Mapping[str, Sides],
        largest_factor: int,
    ) -> None:
        """Take on matrices whose sides are both within the limit, and for columns all vectors.

        `known` holds the factors as they are now, `of_tokens` what K-FAC made them.
        """
        self.side, self._of_tokens = side, of_tokens
        fit = {
            name: sides
            for name, sides in known.items()
            if _largest_side(sides) <= largest_factor or sides.rows is None
        }
        self._known, self._fit = known, fit if side == "columns" else _matrices(fit)
        self._whiteners = {name: _whitener(self._other(sides)) for name, sides in self._fit.items()}
        self._sums: dict[str, Tensor] = {}

    def add(self, name: str, gradients: Tensor) -> None:
        """Take in the gradients of a batch of segments, (B, R · C)."""
        if name in self._fit:
            moment = self._moment(self._fit[name], self._whiteners[name], gradients)
            self._sums[name] = self._sums[name] + moment if name in self._sums else moment

    def sides(self, segments: int) -> dict[str, Sides]:
        """Return all factors, this side of them refitted to so many segments."""
        means = {name: total / segments for name, total in self._sums.items()}
        fitted = {name: self._mixed(name, mean, segments) for name, mean in means.items()}
        return {**self._known, **fitted}

    def _moment(self, sides: Sides, whitener: Tensor | None, gradients: Tensor) -> Tensor:
        """Return Σ over segments of gradientᵀ other⁻¹ gradient / n_other, or its diagonal."""
        whole = gradients.reshape(len(gradients), -1, len(sides.columns))  # (B, R, C)
        whole = whole if self.side == "columns" else whole.mT
        n_other = whole.shape[1]
        if whitener is not None:
            diagonal = whitener.dim() == 1
            whole = whitener.unsqueeze(-1) * whole if diagonal else whitener @ whole
        flat = whole.reshape(-1, whole.shape[-1])
        if self._own(sides).dim() == 1:
            return flat.square().sum(0).double() / n_other
        return (flat.T @ flat).double() / n_other

    def _mixed(self, name: str, mean: Tensor, segments: int) -> Sides:
        known, of_tokens = self._known[name], self._of_tokens[name]
        prior = self._own(of_tokens)
        if trace(prior) <= 0:
            return known
        weight = PRIOR_SEGMENTS / (segments + PRIOR_SEGMENTS)
        kept = weight * trace(mean) / trace(prior) + FLOOR * self._shrunk(known, of_tokens)
        return replace(known, **{self.side: (1 - weight) * mean + kept * prior})

    def _shrunk(self, known: Sides, of_tokens: Sides) -> Tensor | float:
        """How many times smaller the other side is by now than K-FAC made it."""
        now, then = self._other(known), self._other(of_tokens)
        return 1.0 if now is None or then is None else trace(then) / trace(now)

    def _own(self, sides: Sides) -> Tensor:
        return sides.columns if self.side == "columns" or sides.rows is None else sides.rows

    def _other(self, sides: Sides) -> Tensor | None:
        return sides.rows if self.side == "columns" else sides.columns


def _matrices(found: Mapping[str, Sides]) -> dict[str, Sides]:
    return {name: sides for name, sides in found.items() if sides.rows is not None}


def _largest_side(sides: Sides) -> int:
    return max(len(side) for side in (sides.rows, sides.columns) if side is not None)


def _whitener(factor: Tensor | None) -> Tensor | None:
    """Return W with Wᵀ W = (factor + damping)⁻¹, float32: a triangle, which is cheaper than roots.

    None for no factor, and for one without any scale.
    """
    if factor is None or trace(factor) <= 0:
        return None
    damping = DAMPING * trace(factor) / len(factor)
    if factor.dim() == 1:
        return (factor + damping).rsqrt().float()
    one = torch.eye(len(factor), dtype=factor.dtype, device=factor.device)
    corner = torch.linalg.cholesky(factor + damping * one)
    whitener: Tensor = torch.linalg.solve_triangular(corner, one, upper=False).float()
    return whitener
