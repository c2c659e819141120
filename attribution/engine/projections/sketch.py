"""A count sketch: P numbers folded into k, so that inner products keep their mean.

Every coordinate of every parameter is given one bucket and one sign, drawn from (seed, member,
parameter name) alone; a row is Σ sign · coordinate by bucket. Then E⟨Sx, Sy⟩ = ⟨x, y⟩ over the
draws, with variance (‖x‖²‖y‖² + ⟨x, y⟩² − 2 Σ x_i² y_i²) / k: the sparse Johnson-Lindenstrauss
transform with one nonzero a column (Weinberger et al., 0902.2206). Keyed by parameter and not by
module, two uses of a tied weight land in the same buckets and add up.

It costs one pass over the gradient where a dense matrix costs k; but the gradient must be formed,
and its collisions are noise that `factored` does not have. Signs live in the bucket number
(bucket + k means minus), so a row takes no multiplication and 4 bytes a parameter.
"""

import numpy as np
import torch
from torch import Tensor

from attribution.engine.gradients.pieces import Lookup, Piece
from attribution.engine.projections.base import Geometry, Projection
from attribution.engine.projections.maps import Maps, right


class Sketch(Projection):
    """The fixed random map of one ensemble member from parameters to `dimension` numbers."""

    def __init__(self, geometry: Geometry, dimension: int) -> None:
        """Make the whitening maps; tables of buckets are drawn when a parameter is first seen."""
        super().__init__(geometry, dimension)
        self._maps = {name: whole(geometry, name) for name in geometry.shapes}
        self._tables: dict[str, Tensor] = {}

    def empty(self, samples: int) -> Tensor:
        """Return an accumulator, (B, 2k)."""
        return torch.zeros(samples, 2 * self.dimension, device=self.device)

    def add(self, accumulator: Tensor, name: str, piece: Piece) -> None:
        """Add one piece; of a lookup only the rows that occur."""
        maps = self._maps[name]
        if isinstance(piece, Lookup) and (maps.rows is None or maps.rows.dim() == 1):
            columns = right(piece.columns, maps.columns)
            if maps.rows is not None:
                columns = columns * maps.rows[piece.tokens].unsqueeze(-1)
            self._add_rows(accumulator, name, piece.tokens, columns)
        else:
            values = maps.apply(piece).reshape(len(accumulator), -1)
            # index_add_ is 14 times slower on int32, which the table is to halve its memory
            accumulator.index_add_(1, self.table(name).long(), values)

    def close(self, accumulator: Tensor) -> Tensor:
        """Return the finished rows, (B, k)."""
        return accumulator[:, : self.dimension] - accumulator[:, self.dimension :]

    def table(self, name: str) -> Tensor:
        """Return each coordinate's signed bucket in [0, 2k), (numel,) int32; made once."""
        if name not in self._tables:
            rows, columns = self.geometry.shapes[name]
            words = self.geometry.draws.words(name, rows * columns)
            buckets = ((words >> np.uint64(32)) * np.uint64(self.dimension)) >> np.uint64(32)
            minus = (words & np.uint64(1)) * np.uint64(self.dimension)
            drawn = torch.from_numpy((buckets + minus).astype(np.int32))
            self._tables[name] = drawn.to(self.device)
        return self._tables[name]

    def _add_rows(self, accumulator: Tensor, name: str, tokens: Tensor, columns: Tensor) -> None:
        table = self.table(name).view(self.geometry.shapes[name])
        buckets = table[tokens].reshape(len(accumulator), -1).long()
        accumulator.scatter_add_(1, buckets, columns.reshape(len(accumulator), -1))


def whole(geometry: Geometry, name: str) -> Maps:
    """Return the maps that whiten a parameter's gradient and reduce nothing."""
    rows, columns = (geometry.root(factor, name) for factor in ("rows", "columns"))
    if geometry.shapes[name][0] > 1 and rows is None:  # curvature is known by the entry
        return Maps(geometry.shapes[name], None, None, columns)
    return Maps(geometry.shapes[name], rows, columns)
