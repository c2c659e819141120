"""TRAK without its projection: the Gram matrix of the training gradients as curvature."""

from collections.abc import Iterator

import numpy as np

from benchmarks.fidelity.methods.base import Member, Method, Scores

DAMPINGS = (0.01, 0.1, 1.0, 10.0)


class ExactGram(Method):
    """K_qs (K_ss + damping · mean eigenvalue)⁻¹, the dual form of φ_qᵀ (ΦᵀΦ + λ)⁻¹ φ_s."""

    name = "Gram kernel, exact (TRAK)"
    needs = ("gradients", "kernel")

    def scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield one damping after the other, all from one eigendecomposition."""
        n = member.n_segments
        values, vectors = np.linalg.eigh(member.kernel[:n])
        turned = member.kernel[n:] @ vectors
        for damping in DAMPINGS:
            inverse = 1 / (values.clip(0) + damping * values.mean())
            yield f"damping {damping:g}", (turned * inverse) @ vectors.T
