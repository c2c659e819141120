"""What every projection is built from, and what it must do."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Self

import torch
from torch import Tensor

from attribution.engine.curvature.factors import Curvature, ParameterCurvature
from attribution.engine.curvature.fitting import require_fitting
from attribution.engine.gradients.pieces import Piece
from attribution.engine.gradients.plan import Plan
from attribution.engine.projections.draws import Draws


@dataclass(frozen=True)
class Geometry:
    """The parameters that a row is made of, how each is whitened, and where chance comes from."""

    shapes: Mapping[str, tuple[int, int]]  # each gradient as a matrix; a vector has one row
    curvature: Mapping[str, ParameterCurvature]  # empty: gradients are taken as they are
    damping: float
    draws: Draws

    @classmethod
    def of(cls, plan: Plan, curvature: Curvature | None, damping: float, draws: Draws) -> Self:
        """Describe the covered parameters. Raises MismatchedCurvature if it is another model's."""
        if curvature is not None:
            require_fitting(curvature, plan)
        shapes = {name: _as_matrix(plan.shapes[name]) for name in plan.covered}
        return cls(shapes, curvature.parameters if curvature else {}, damping, draws)

    @property
    def numel(self) -> int:
        """Numbers of one whole gradient."""
        return sum(rows * columns for rows, columns in self.shapes.values())

    def root(self, factor: str, name: str) -> Tensor | None:
        """Return the inverse root of a parameter's "rows" or "columns" factor, (n,) or (n, n)."""
        found = self.curvature.get(name)
        side = None if found is None else getattr(found, factor)
        return None if side is None else side.inverse_root(self.damping, self.draws.device)


class Projection(ABC):
    """Turns the pieces of a batch's gradients into rows whose inner products are influence."""

    def __init__(self, geometry: Geometry, dimension: int) -> None:
        """Draw what is random, and fold the whitening in."""
        self.geometry = geometry
        self.dimension = dimension

    def release_curvature(self) -> None:
        """Let go of the factors, which are several times as large as the model itself."""
        self.geometry = replace(self.geometry, curvature={})

    @property
    def device(self) -> torch.device:
        """Where rows are made."""
        return self.geometry.draws.device

    def empty(self, samples: int) -> Tensor:
        """Return an accumulator for the rows of a batch, (B, any)."""
        return torch.zeros(samples, self.dimension, device=self.device)

    @abstractmethod
    def add(self, accumulator: Tensor, name: str, piece: Piece) -> None:
        """Add one piece of a parameter's gradients."""

    def close(self, accumulator: Tensor) -> Tensor:
        """Return the finished rows, (B, dimension)."""
        return accumulator


def _as_matrix(shape: tuple[int, ...]) -> tuple[int, int]:
    return (1, prod(shape)) if len(shape) < 2 else (shape[0], prod(shape[1:]))
