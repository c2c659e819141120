"""A dense random projection: every number of a row is a random ±1 combination of all parameters.

What TRAK does (Park et al., 2303.14186). E⟨Dx, Dy⟩ = ⟨x, y⟩ with variance
(‖x‖²‖y‖² + ⟨x, y⟩² − 2 Σ x_i² y_i²) / k, the same as the count sketch, at k times the work: it is
here as the yardstick. The matrix of parameters × k signs is never held, but drawn for each batch.
"""

import math

import numpy as np
import torch
from torch import Tensor

from attribution.engine.gradients.pieces import Piece
from attribution.engine.projections.base import Geometry, Projection
from attribution.engine.projections.sketch import whole

_AT_ONCE = 1 << 24  # signs held in memory


class Dense(Projection):
    """k · P random signs over √k."""

    def __init__(self, geometry: Geometry, dimension: int) -> None:
        """Make the whitening maps."""
        super().__init__(geometry, dimension)
        self._maps = {name: whole(geometry, name) for name in geometry.shapes}
        self._words = 4 * -(-dimension // 256)  # of 64 signs, for one parameter's coordinate

    def add(self, accumulator: Tensor, name: str, piece: Piece) -> None:
        """Add a gradient times its rows of the matrix, a block of coordinates after the other."""
        values = self._maps[name].apply(piece).reshape(len(accumulator), -1)
        step = max(1, _AT_ONCE // self.dimension)
        for start in range(0, values.shape[1], step):
            part = values[:, start : start + step]
            accumulator += part @ self._signs(name, start, part.shape[1])

    def close(self, accumulator: Tensor) -> Tensor:
        """Scale to unbiased inner products, (B, k)."""
        return accumulator * (1 / math.sqrt(self.dimension))

    def _signs(self, name: str, start: int, count: int) -> Tensor:
        """Return the signs of some coordinates of a parameter, (count, k)."""
        words = self.geometry.draws.words(name, count * self._words, skip=start * self._words)
        octets = words.astype("<u8").view(np.uint8).reshape(count, -1)
        bits = np.unpackbits(octets, axis=1, count=self.dimension, bitorder="little")
        return torch.from_numpy(1 - 2 * bits.astype(np.float32)).to(self.device)
