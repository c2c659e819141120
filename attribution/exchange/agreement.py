"""Whether two computations of the same rows agree: what honest noise may do, and no more.

The same gradients, added up by another number of threads, in other batches or on another kind of
processor, differ in their last digits. What differs by more was computed from something else. Two
figures, each over rows of one segment and member, in double precision:

    cosine gap  1 − ⟨a, b⟩ / (‖a‖ · ‖b‖)      another piece, rows in another order, another model
    norm gap    |‖a‖ − ‖b‖| / ‖b‖             rows made larger or smaller

A cosine cannot tell whether a row was scaled, so both are needed. How large honest noise is, is
measured by `python -m benchmarks.feature_noise` (docs/concepts/verified-features.md).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32] | NDArray[np.float64]


@dataclass(frozen=True)
class Tolerance:
    """The largest gaps that count as noise."""

    cosine_gap: float = 1e-5
    norm_gap: float = 1e-3


@dataclass(frozen=True)
class Agreement:
    """The largest gaps over all rows that were compared, and where each row's are, (n,)."""

    cosine_gaps: NDArray[np.float64]
    norm_gaps: NDArray[np.float64]

    @property
    def cosine_gap(self) -> float:
        return float(self.cosine_gaps.max(initial=0.0))

    @property
    def norm_gap(self) -> float:
        return float(self.norm_gaps.max(initial=0.0))

    def outside(self, tolerance: Tolerance) -> list[int]:
        """The places of rows that differ by more than noise."""
        # Written so that a gap that is no number is outside as well.
        inside = (self.cosine_gaps <= tolerance.cosine_gap) & (self.norm_gaps <= tolerance.norm_gap)
        return [int(place) for place in np.flatnonzero(~inside)]


def compare(received: Floats, computed: Floats) -> Agreement:
    """Compare rows pairwise, (n, k) each. Raises ValueError for other shapes.

    A row of zeros agrees with a row of zeros alone.
    """
    if received.shape != computed.shape or received.ndim != 2:
        raise ValueError(f"Rows of shapes {received.shape} and {computed.shape} do not compare.")
    a, b = received.astype(np.float64), computed.astype(np.float64)
    norm_a, norm_b = np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1)
    silent = (norm_a == 0) & (norm_b == 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        # 1 − cosine as half the squared distance of the directions, which keeps small gaps exact.
        apart = np.linalg.norm(a / norm_a[:, None] - b / norm_b[:, None], axis=1)
        norm_gaps = np.abs(norm_a - norm_b) / norm_b
    return Agreement(np.where(silent, 0.0, apart**2 / 2), np.where(silent, 0.0, norm_gaps))
