"""Second moments of gradient pieces over a sample of training segments, and their factors."""

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from attribution.engine.config import CaptureConfig
from attribution.engine.curvature.factors import Curvature, Factor, ParameterCurvature
from attribution.engine.errors import MismatchedCurvature
from attribution.engine.gradients.passes import batches, gradient_pass
from attribution.engine.gradients.pieces import Exact, Lookup, Outer, Piece, Sum
from attribution.engine.gradients.survey import survey
from attribution.engine.task import OnProgress, Segments, Task


@dataclass
class Kronecker:
    """Running sums of one kind of use of a matrix: Σ rows rowsᵀ, Σ columns columnsᵀ, tokens."""

    rows: Tensor  # (R,) if only its diagonal is kept, else (R, R); float64
    columns: Tensor
    tokens: int = 0


@dataclass
class Moments:
    """Running sums of one parameter, apart for each kind of use."""

    largest_factor: int
    kinds: dict[type[Piece], Kronecker] = field(default_factory=dict)
    diagonal: Tensor | None = None

    def add(self, piece: Piece) -> None:
        """Take in one piece of one batch."""
        match piece:
            case Outer(rows=rows, columns=columns):
                sums = self._kind(Outer, _second(rows, self.largest_factor), columns)
                sums.tokens += rows.shape[0] * rows.shape[1]
            case Lookup(tokens=tokens, columns=columns, n_rows=n_rows):
                counts = torch.bincount(tokens.reshape(-1), minlength=n_rows).double()
                self._kind(Lookup, counts, columns).tokens += tokens.numel()
            case Sum(values=values):
                self._add_diagonal(values.double().square().sum((0, 1)))
            case Exact(values=values):
                self._add_diagonal(values.double().square().sum(0))

    def factors(self, samples: int) -> ParameterCurvature:
        """Return the factors whose product approximates E[gradient gradientᵀ] of a sample."""
        if self.diagonal is not None:
            return ParameterCurvature(None, _factor(self.diagonal / samples))
        rows, columns = _balanced_sum(list(self.kinds.values()), samples)
        return ParameterCurvature(_factor(rows), _factor(columns))

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

    A few hundred training segments drawn at random are enough: the factors average over tokens.
    Raises BadGradients for a gradient that is not finite.
    """
    sample = np.asarray(segments, dtype=np.int64)
    if len(sample) == 0:
        raise MismatchedCurvature("A curvature needs at least one segment; none was given.")
    plan = survey(model, task, config, int(sample[0]) if probe is None else probe)
    moments = {name: Moments(config.largest_factor) for name in plan.covered}
    done = 0
    for batch in batches(sample, plan, config.batch_size):
        gradient_pass(model, task, batch, plan, lambda name, piece: moments[name].add(piece))
        done += len(batch)
        if on_progress is not None:
            on_progress(done, len(sample))
    return Curvature(_all_factors(moments, plan.shapes, len(sample)), len(sample))


def _all_factors(
    moments: dict[str, Moments], shapes: dict[str, tuple[int, ...]], samples: int
) -> dict[str, ParameterCurvature]:
    found: dict[str, ParameterCurvature] = {}
    for name, moment in moments.items():
        if not moment.kinds and moment.diagonal is None:  # used by no segment of the sample
            moment.diagonal = torch.zeros(int(np.prod(shapes[name])), dtype=torch.float64)
        found[name] = moment.factors(samples)
        _refuse_non_finite(name, found[name])
    return found


def _refuse_non_finite(name: str, curvature: ParameterCurvature) -> None:
    for factor in (curvature.rows, curvature.columns):
        if factor is not None and not np.isfinite(factor.values).all():
            raise MismatchedCurvature(
                f"The second moments of {name} are not finite: the checkpoint has diverged, or "
                "its gradients overflow. Check the model's loss on these segments."
            )


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
    scaled = [(kind.rows / kind.tokens, kind.columns / samples) for kind in kinds]
    if len(scaled) == 1:
        return scaled[0]
    balanced = []
    for rows, columns in scaled:
        ratio = torch.sqrt(_trace(columns) / _trace(rows).clamp_min(torch.finfo(rows.dtype).tiny))
        balanced.append((rows * ratio, columns / ratio.clamp_min(torch.finfo(rows.dtype).tiny)))
    return _added([pair[0] for pair in balanced]), _added([pair[1] for pair in balanced])


def _trace(factor: Tensor) -> Tensor:
    return factor.sum() if factor.dim() == 1 else factor.diagonal().sum()


def _added(factors: list[Tensor]) -> Tensor:
    full = any(factor.dim() == 2 for factor in factors)
    return torch.stack([f.diag() if full and f.dim() == 1 else f for f in factors]).sum(0)


def _factor(moment: Tensor) -> Factor:
    if moment.dim() == 1:
        return Factor(_float32(moment), None)
    if not bool(torch.isfinite(moment).all()):
        return Factor(_float32(moment.diagonal() * torch.nan), None)
    values, vectors = torch.linalg.eigh(moment)
    return Factor(_float32(values), _float32(vectors))


def _float32(values: Tensor) -> NDArray[np.float32]:
    return np.ascontiguousarray(values.float().cpu().numpy())
