"""Each side of every gradient matrix reduced to a number of directions, then mixed.

LoGra's factored projection (Choe et al., 2405.13954) with three differences. The directions are
orthonormal, so a side that is narrow enough is not reduced at all. Whitening by Kronecker factors
is folded into them: curvature comes before the projection, and is free. And the width follows from
the row: the largest at which all parameters together fit its numbers. The longer side is reduced
to the width and the shorter one to WIDER times as many directions, which keeps the scores' order
as well as a square does and takes a third fewer operations: tokens are mapped on one side alone.

A row of many blocks has block norms of its own, which one sign a number would forget. So the
numbers are turned among blocks: signs drawn at random, then Hadamard matrices over numbers that lie
an equal stride apart (the structured rotation of Ailon and Chazelle's fast JL transform, with
small blocks). Rotations change no inner product.
"""

from collections.abc import Iterator
from math import prod

import torch
from torch import Tensor

from attribution.engine.errors import EngineError
from attribution.engine.gradients.pieces import Piece
from attribution.engine.projections.base import Geometry, Projection
from attribution.engine.projections.maps import Maps, Side

WIDER = 2
MIXED = 16  # numbers turned together; 64 kept no more of the scores' order


class Factored(Projection):
    """Random orthonormal directions: inner products keep their mean over the draws."""

    def __init__(self, geometry: Geometry, dimension: int) -> None:
        """Raises EngineError when not even one number a parameter fits the row."""
        super().__init__(geometry, dimension)
        self.width = _width(geometry, dimension)
        self._maps = {name: self._maps_of(name) for name in geometry.shapes}
        self._places = dict(self._layout())
        self._signs = geometry.draws.signs("mixing", dimension)
        self._mixer = _hadamard(dimension).to(self.device)

    def add(self, accumulator: Tensor, name: str, piece: Piece) -> None:
        """Add a block's numbers at the block's place."""
        block = self._maps[name].apply(piece)
        accumulator[:, self._places[name]] += block.reshape(len(accumulator), -1)

    def close(self, accumulator: Tensor) -> Tensor:
        """Mix the blocks, (B, dimension)."""
        apart = (accumulator * self._signs).view(len(accumulator), len(self._mixer), -1)
        return torch.matmul(self._mixer, apart).reshape(accumulator.shape)

    def basis(self, name: str, factor: str, n: int, width: int) -> Tensor:
        """Return the directions that one side is reduced to, (n, width)."""
        return self.geometry.draws.basis(f"{factor} of {name}", n, width)

    def _maps_of(self, name: str) -> Maps:
        shape = self.geometry.shapes[name]
        roots = {factor: self.geometry.root(factor, name) for factor in ("rows", "columns")}
        entries = None
        if shape[0] > 1 and roots["rows"] is None:  # known by the entry, not by the side
            entries, roots["columns"] = roots["columns"], None
        rows, columns = (
            self._side(name, factor, n, width, roots[factor])
            for factor, n, width in zip(roots, shape, _widths(shape, self.width), strict=True)
        )
        return Maps(shape, rows, columns, entries)

    def _side(self, name: str, factor: str, n: int, width: int, root: Tensor | None) -> Side:
        if n <= width:
            return root
        basis = self.basis(name, factor, n, width)
        if root is None:
            return basis
        return root.unsqueeze(-1) * basis if root.dim() == 1 else root @ basis

    def _layout(self) -> Iterator[tuple[str, slice]]:
        start = 0
        for name, maps in self._maps.items():
            rows, columns = maps.mapped
            yield name, slice(start, start + rows * columns)
            start += rows * columns


class Principal(Factored):
    """The directions of the largest eigenvalues: nothing is random, what is left out is lost."""

    def basis(self, name: str, factor: str, n: int, width: int) -> Tensor:
        """Return the leading eigenvectors, or coordinates where there are no others, (n, width)."""
        found = getattr(self.geometry.curvature[name], factor)
        if found is None or len(found.values) != n:  # curvature by the entry: the first will do
            return torch.eye(n, width, device=self.device)
        leading = torch.from_numpy(found.values).argsort(descending=True, stable=True)
        vectors = torch.eye(n) if found.vectors is None else torch.from_numpy(found.vectors)
        return vectors[:, leading[:width]].to(self.device)


def _width(geometry: Geometry, dimension: int) -> int:
    """Return the largest width at which all blocks fit the row."""

    def numbers(width: int) -> int:
        return sum(prod(_widths(shape, width)) for shape in geometry.shapes.values())

    if numbers(1) > dimension:
        raise EngineError(
            f"A row of {dimension} numbers has no room for {len(geometry.shapes)} parameters: set "
            f"CaptureConfig.dimension to {numbers(1)} at least, better a hundred times as much."
        )
    low, high = 1, 1 + max(max(shape) for shape in geometry.shapes.values())
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if numbers(middle) <= dimension else (low, middle)
    return low


def _widths(shape: tuple[int, int], width: int) -> tuple[int, int]:
    """Return (k_r, k_c) of a matrix: `width` for the longer side, WIDER times as much beside it."""
    rows, columns = shape
    if rows >= columns:
        return min(rows, width), min(columns, WIDER * width)
    return min(rows, WIDER * width), min(columns, width)


def _hadamard(dimension: int) -> Tensor:
    """Return the largest orthonormal Hadamard matrix up to MIXED that divides the dimension."""
    matrix = torch.ones(1, 1)
    while len(matrix) < MIXED and dimension % (2 * len(matrix)) == 0:
        matrix = torch.cat((torch.cat((matrix, matrix), 1), torch.cat((matrix, -matrix), 1)))
    scale: float = len(matrix) ** -0.5
    return matrix * scale
