"""Step 4: from excess and standard score to shares, as fractions and as exact integers."""

import numpy as np
from numpy.typing import NDArray

from attribution.engine.shares.results import PPB, Float64Array


def fractions(excess: Float64Array, z: Float64Array, gate: float) -> Float64Array:
    """Return λ·w/Σw of every generation and track, (G, n); zeros where nothing passes the gate.

    κ = max(0, 1 − (gate/z)²) for z > gate, w = e·κ, λ = Σwκ/Σw.
    """
    passed = z > gate
    ratio = np.divide(gate, z, out=np.ones_like(z), where=passed)
    credibility = 1 - np.square(ratio)
    weight = np.where(passed, excess * credibility, 0.0)
    total = weight.sum(1, keepdims=True)
    earned = weight * (weight * credibility).sum(1, keepdims=True)
    shares: Float64Array = np.divide(
        earned, np.square(total), out=np.zeros_like(weight), where=total > 0
    )
    return shares


def to_ppb(shares: Float64Array) -> NDArray[np.int64]:
    """Return one generation's fractions (n,) and the rest as integers that sum to 10⁹, (n + 1,).

    Largest remainder, ties to the lower place; the last place is the unattributed rest. Fractions
    must be non-negative and sum to at most 1, up to rounding.
    """
    quotas = np.append(shares, max(0.0, 1.0 - float(shares.sum())))
    quotas = quotas / quotas.sum() * PPB
    floors: NDArray[np.int64] = np.floor(quotas).astype(np.int64)
    missing = PPB - int(floors.sum())
    order = np.argsort(-(quotas - floors), kind="stable")
    floors[order[:missing]] += 1
    return floors
