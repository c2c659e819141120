"""A trial: many more numbers a row, of which only the signs are kept.

A sketch of k numbers adds noise of the order 1/√k to every inner product of rows that are spread
over hundreds of thousands of directions; a sign in place of a number adds a noise that does not
depend on k. For the same bytes, bits are therefore better spent on k than on digits. A query is not
stored and keeps its digits; a row keeps one scale beside its signs.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from attribution.engine import CaptureConfig, Featuriser
from attribution.reference.training import one_thread
from benchmarks.fidelity.methods.base import Member, Method, Scores

DAMPINGS = (1e-3, 1e-2)


class Signs(Method):
    """The engine's rows at a larger dimension, one bit a number."""

    needs = ("curvature",)
    number_bytes = 1 / 8

    def __init__(self, dimension: int) -> None:
        self.name = "ours, signs only (trial)"
        self.dimension = dimension

    def row_numbers(self, member: Member) -> int:
        """The sketch's length."""
        return self.dimension

    def scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield one damping after the other."""
        for damping in DAMPINGS:
            config = CaptureConfig(dimension=self.dimension, damping=damping)
            featuriser = Featuriser(
                member.model, member.segment_task, config, member.curvature, member=member.name
            )
            with one_thread():
                rows = featuriser.features(range(member.n_segments))
                queries = featuriser.with_task(member.query_task).features(
                    range(len(member.queries))
                )
            yield f"damping {damping:g}", queries @ signed(rows).T


def signed(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each row as its signs times its mean magnitude, which is nearest to it, (n, k)."""
    scale = np.abs(rows).mean(1, keepdims=True)
    nearest: NDArray[np.float32] = np.sign(rows) * scale
    return nearest
