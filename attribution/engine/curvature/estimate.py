"""Curvature of one checkpoint, from a sample of training segments: K-FAC, then refitted."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from attribution.engine.config import CaptureConfig
from attribution.engine.curvature.factors import Curvature, Factor, ParameterCurvature
from attribution.engine.curvature.moments import Sides, TokenMoments
from attribution.engine.curvature.refit import TURN, Refit, SideName, WholeGradients
from attribution.engine.errors import MismatchedCurvature
from attribution.engine.gradients.passes import Receive, batches, gradient_pass
from attribution.engine.gradients.pieces import Piece
from attribution.engine.gradients.plan import Plan
from attribution.engine.gradients.survey import survey
from attribution.engine.task import IntArray, OnProgress, Segments, Task


def estimate_curvature(
    model: nn.Module,
    task: Task,
    segments: Segments,
    config: CaptureConfig,
    *,
    probe: int | None = None,
    on_progress: OnProgress | None = None,
) -> Curvature:
    """Estimate the Kronecker factors of every covered parameter on a sample of segments.

    A few hundred training segments drawn at random are enough: what is noisy in the moments of
    few whole gradients is held by those of their many tokens. The sample is passed three times, or
    once for "kfac"; `on_progress` is told (segments passed, passes · segments). Raises
    MismatchedCurvature for an empty sample and for moments that are not finite, BadGradients for a
    gradient that is not.
    """
    sample = np.asarray(segments, dtype=np.int64)
    if len(sample) == 0:
        raise MismatchedCurvature("A curvature needs at least one segment; none was given.")
    plan = survey(model, task, config, int(sample[0]) if probe is None else probe)
    passes = _Passes(model, task, plan, sample, config, on_progress)
    of_tokens, uses = _by_tokens(passes)
    sides = of_tokens
    for side in _turn(config):
        sides = _refitted(passes, Refit(side, sides, of_tokens, config.largest_factor), uses)
    factors = {name: _factors(both) for name, both in sides.items()}
    return Curvature(factors, len(sample))


def _turn(config: CaptureConfig) -> tuple[SideName, ...]:
    return TURN if config.curvature == "kronecker" else ()


@dataclass
class _Passes:
    """The sample, which is passed once for the moments of tokens and once for each side."""

    model: nn.Module
    task: Task
    plan: Plan
    sample: IntArray
    config: CaptureConfig
    on_progress: OnProgress | None
    done: int = 0

    def run(self, receive: Receive, after_batch: Callable[[], object]) -> None:
        """Give every piece of every batch to `receive`."""
        for batch in batches(self.sample, self.plan, self.config.batch_size):
            gradient_pass(self.model, self.task, batch, self.plan, receive)
            after_batch()
            self.done += len(batch)
            if self.on_progress is not None:
                self.on_progress(self.done, (1 + len(_turn(self.config))) * len(self.sample))


def _by_tokens(passes: _Passes) -> tuple[dict[str, Sides], Counter[str]]:
    """Return K-FAC's factors, and how many pieces each parameter has in one batch, at most."""
    moments = {name: TokenMoments(passes.config.largest_factor) for name in passes.plan.covered}
    uses: Counter[str] = Counter()
    of_batch: Counter[str] = Counter()

    def receive(name: str, piece: Piece) -> None:
        moments[name].add(piece)
        of_batch[name] += 1

    def after_batch() -> None:
        uses.update(of_batch - uses)  # what this batch has more than those before it
        of_batch.clear()

    passes.run(receive, after_batch)
    shapes, samples = passes.plan.shapes, len(passes.sample)
    sides = {name: m.sides(samples, int(np.prod(shapes[name]))) for name, m in moments.items()}
    _refuse_non_finite(sides)
    return sides, uses


def _refitted(passes: _Passes, refit: Refit, uses: Mapping[str, int]) -> dict[str, Sides]:
    whole = WholeGradients(uses, refit.add)
    passes.run(whole.add, whole.close)
    return refit.sides(len(passes.sample))


def _refuse_non_finite(found: Mapping[str, Sides]) -> None:
    for name, sides in found.items():
        present = [side for side in (sides.rows, sides.columns) if side is not None]
        if not all(bool(side.isfinite().all()) for side in present):
            raise MismatchedCurvature(
                f"The second moments of {name} are not finite: the checkpoint has diverged, or "
                "its gradients overflow. Check the model's loss on these segments."
            )


def _factors(sides: Sides) -> ParameterCurvature:
    rows = None if sides.rows is None else _factor(sides.rows)
    return ParameterCurvature(rows, _factor(sides.columns))


def _factor(moment: Tensor) -> Factor:
    if moment.dim() == 1:
        return Factor(_float32(moment), None)
    values, vectors = torch.linalg.eigh(moment)
    return Factor(_float32(values), _float32(vectors))


def _float32(values: Tensor) -> NDArray[np.float32]:
    return np.ascontiguousarray(values.float().cpu().numpy())
