"""Ours without the projection: what the engine's rows approximate."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from attribution.engine import Curvature
from benchmarks.fidelity.gradients import Gradients
from benchmarks.fidelity.methods.base import Member, Method, Scores

DAMPINGS = (1e-4, 1e-3, 1e-2, 1e-1)


class ExactWhitened(Method):
    """gᵀ (F + damping)⁻¹ g′ with F the Kronecker-factored Fisher matrix, nothing left out."""

    name = "whitened, exact"
    needs = ("curvature", "gradients")

    def scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield one damping after the other."""
        for damping in DAMPINGS:
            scores = whitened_scores(member.gradients, member.curvature, damping, member.n_segments)
            yield f"damping {damping:g}", scores


def whitened_scores(
    rotated: Gradients, curvature: Curvature, damping: float, n_segments: int
) -> NDArray[np.float32]:
    """Return whitened inner products of queries and segments, (n_queries, n_segments).

    `rotated` holds gradients in the eigenbasis, where F is diagonal: segments, then queries.
    """
    n_queries = len(next(iter(rotated.values()))) - n_segments
    total = np.zeros((n_queries, n_segments), dtype=np.float32)
    for name, values in rotated.items():
        flat = values.reshape(len(values), -1)
        queries = flat[n_segments:] * inverse_eigenvalues(curvature, name, damping)
        total += queries @ flat[:n_segments].T
    return total


def inverse_eigenvalues(curvature: Curvature, name: str, damping: float) -> NDArray[np.float32]:
    """Return 1 / (eigenvalue + damping) of each rotated coordinate, damped as the engine does."""
    factors = curvature.parameters[name]
    columns = _damped(factors.columns.values, damping)
    rows = np.ones(1) if factors.rows is None else _damped(factors.rows.values, damping)
    inverse: NDArray[np.float32] = (1 / np.outer(rows, columns)).astype(np.float32).reshape(-1)
    return inverse


def _damped(values: NDArray[np.float32], damping: float) -> NDArray[np.float64]:
    """Add `damping` times the mean eigenvalue; a factor without any is left out (ones)."""
    wide = values.astype(np.float64)
    if wide.mean() <= 0:
        return np.ones_like(wide)
    damped: NDArray[np.float64] = wide.clip(0) + damping * wide.mean()
    return damped
