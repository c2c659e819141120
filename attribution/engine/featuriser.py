"""From segments to feature rows: per-sample gradient → whitened → projected.

Owns the pairing of one checkpoint with its curvature and its projection. The inner product of two
rows estimates the influence of one segment on the other, gᵀ (F + damping)⁻¹ g′. Stores nothing.
"""

import copy
import hashlib
import json
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from attribution.engine.config import CaptureConfig
from attribution.engine.curvature.factors import Curvature
from attribution.engine.errors import EngineError
from attribution.engine.gradients.check import check_gradients
from attribution.engine.gradients.coverage import Coverage, coverage_of
from attribution.engine.gradients.passes import batches, gradient_pass
from attribution.engine.gradients.pieces import Piece
from attribution.engine.gradients.running import refuse_non_finite
from attribution.engine.gradients.survey import survey
from attribution.engine.projections import projection_for
from attribution.engine.task import FloatArray, IntArray, Segments, Task


class Featuriser:
    """Makes the feature rows of one checkpoint (one member of an ensemble)."""

    def __init__(
        self,
        model: nn.Module,
        task: Task,
        config: CaptureConfig,
        curvature: Curvature | None = None,
        *,
        member: str = "0",
        probe: int = 0,
    ) -> None:
        """Survey the model by running segment `probe`.

        Raises EngineError when config and curvature do not go together, MismatchedCurvature when
        the curvature is another model's, IncompleteGradients when nothing can be differentiated.
        """
        _require_matching(config, curvature)
        self.model, self.task, self.config, self.member = model, task, config, member
        self._curvature_digest = curvature.digest() if curvature else None
        self._plan = survey(model, task, config, probe)
        self._device = next(model.parameters()).device
        self._projection = projection_for(config, self._plan, curvature, member, self._device)

    def with_task(self, task: Task) -> Self:
        """Return the same featuriser over other segments, such as those of generated pieces."""
        other = copy.copy(self)
        other.task = task
        return other

    def features(self, segments: Segments) -> FloatArray:
        """Return one row for each segment, (n, dimension) float32.

        Rows do not depend on which segments share a batch, beyond float32 rounding. Raises
        BadGradients naming a segment whose output or gradient is not finite.
        """
        rows = [
            self._rows(batch).cpu().numpy()
            for batch in batches(segments, self._plan, self.config.batch_size)
        ]
        empty = np.zeros((0, self.config.dimension), dtype=np.float32)
        return np.concatenate([empty, *rows])

    def self_check(self, segments: Segments) -> None:
        """Compare every parameter's per-sample gradient with autograd's on these segments.

        Raises IncompleteGradients naming the parameters that differ. A handful is enough, but two
        at least, so that samples share a batch.
        """
        size = self.config.batch_size
        check_gradients(self.model, self.task, segments, self._plan, size)

    def coverage(self) -> Coverage:
        """Return how many parameters are seen by hooks, by autograd, or left out."""
        return coverage_of(self._plan)

    def fingerprint(self) -> str:
        """Return the sha256 of all that rows depend on: weights, curvature, config, member."""
        digest = hashlib.sha256()
        facts = {
            "config": self.config.as_dict(),
            "member": self.member,
            "curvature": self._curvature_digest,
            "kinds": self._plan.kinds,
        }
        digest.update(json.dumps(facts, sort_keys=True).encode())
        for name, value in sorted(self.model.state_dict().items()):
            if isinstance(value, Tensor):
                digest.update(f"{name}{tuple(value.shape)}{value.dtype}".encode())
                raw = value.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
                digest.update(raw.numpy().tobytes())
        return digest.hexdigest()

    def _rows(self, batch: IntArray) -> Tensor:
        accumulator = self._projection.empty(len(batch))

        def receive(name: str, piece: Piece) -> None:
            self._projection.add(accumulator, name, piece)

        gradient_pass(self.model, self.task, batch, self._plan, receive)
        rows = self._projection.close(accumulator)
        refuse_non_finite(rows, batch, "gradient")
        return rows


def _require_matching(config: CaptureConfig, curvature: Curvature | None) -> None:
    if config.curvature != "none" and curvature is None:
        raise EngineError(
            f"CaptureConfig.curvature is {config.curvature!r} and no curvature was given: pass "
            "estimate_curvature(model, task, sample, config), or set curvature='none'."
        )
    if config.curvature == "none" and curvature is not None:
        raise EngineError("CaptureConfig.curvature is 'none', and a curvature was given.")
