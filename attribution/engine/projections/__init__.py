"""From per-sample gradients to rows of a fixed length: one file for each method.

    factored   each side of a matrix reduced by random orthonormal directions (the default)
    principal  the same by the curvature's leading directions
    sketch     a count sketch of the exact gradient
    dense      a dense random projection, as in TRAK

All whiten on the way if they are given a curvature, keep inner products (three of them without
bias), and keep their random numbers by parameter, so that uses of a tied weight add up. A new
method is a file with a `Projection` and a line in `METHODS`; `tests/engine/test_projections.py` has
the contract that it inherits.
"""

import torch

from attribution.engine.config import CaptureConfig
from attribution.engine.curvature.factors import Curvature
from attribution.engine.gradients.plan import Plan
from attribution.engine.projections.base import Geometry, Projection
from attribution.engine.projections.dense import Dense
from attribution.engine.projections.draws import Draws
from attribution.engine.projections.factored import Factored, Principal
from attribution.engine.projections.sketch import Sketch

METHODS: dict[str, type[Projection]] = {
    "factored": Factored,
    "principal": Principal,
    "sketch": Sketch,
    "dense": Dense,
}


def projection_for(
    config: CaptureConfig,
    plan: Plan,
    curvature: Curvature | None,
    member: str,
    device: torch.device,
) -> Projection:
    """Return the projection of one member.

    Raises EngineError when the dimension is too small for the method and this model, and
    MismatchedCurvature when the curvature is not this model's.
    """
    geometry = Geometry.of(plan, curvature, config.damping, Draws(config.seed, member, device))
    projection = METHODS[config.projection](geometry, config.dimension)
    projection.release_curvature()
    return projection


__all__ = ["METHODS", "Projection", "projection_for"]
