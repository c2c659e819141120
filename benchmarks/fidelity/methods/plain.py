"""Gradients without curvature: the inner product (TracIn at one checkpoint), and the cosine."""

from collections.abc import Iterator

import numpy as np

from benchmarks.fidelity.methods.base import Member, Method, Scores


class GradientDot(Method):
    """g · g′: one step of gradient descent on the segment changes the query's loss so."""

    name = "Grad-Dot"
    needs = ("gradients", "kernel")

    def scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield the one setting."""
        yield "", member.kernel[member.n_segments :]


class GradientCosine(GradientDot):
    """The same at unit norm."""

    name = "Grad-Cos"

    def scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield the one setting."""
        flat = [values.reshape(len(values), -1) for values in member.gradients.values()]
        norms = np.sqrt(sum(np.einsum("np,np->n", values, values) for values in flat))
        n = member.n_segments
        yield "", member.kernel[n:] / np.outer(norms[n:], norms[:n])
