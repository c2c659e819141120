"""How much money would be missed by paying from an index: an upper bound, for whoever would.

An index knows some signs of every row. What a row that was not scored may still be worth is bounded
from these, and what all of them together may earn from that (`missed_at_most`). An index may serve
money only where this is within a tolerance that the contract names; else the store is scanned.

It does not come to that. Whitened gradients are nearly orthogonal: a score is a sum of very many
small terms, and the signs outside the index may add more to it than any gate asks for. Even an
index of most signs certifies nothing by the certain bound; the likely bound leaves so many tracks
open, others for every piece, that scoring them costs what a scan of all in blocks does
(`python -m benchmarks.certificate`). So money is paid from scans, by construction, and this is the
measure by which another index may one day earn the right.
"""

import numpy as np
from numpy.typing import NDArray

from attribution.engine.shares.results import PPB
from attribution.engine.task import FloatArray

Float64Array = NDArray[np.float64]


def certain_radius(query: FloatArray, indexed: NDArray[np.bool_]) -> float:
    """Return the most that the signs outside the index can add to a score, over the row's scale.

    query: (k,) numbers; indexed: (k,) whether the index holds their sign. All others might agree.
    """
    return float(np.abs(query[~indexed]).sum(dtype=np.float64))


def likely_radius(query: FloatArray, indexed: NDArray[np.bool_], risk: float) -> float:
    """Return how far a score may lie above k/b times its part over the b indexed numbers.

    Over the row's scale, and true of one row except with probability `risk`. Which numbers the
    index holds is as good as drawn without replacement, since a sketch places coordinates at
    random; their terms ±q have mean square Σ q² / k whatever the signs. Bernstein's inequality,
    which holds without replacement as well (Hoeffding 1963, section 6): with L = ln(1 / risk),

        k · ( √(2 L Σq² / (k b)) + 2 max|q| L / (3 b) ).
    """
    size, known = len(query), int(indexed.sum())
    if known == size:
        return 0.0
    wide = query.astype(np.float64)
    odds = np.log(1 / risk)
    usual = np.sqrt(2 * odds * np.square(wide).mean() / known)
    rare = 2 * float(np.abs(wide).max()) * odds / (3 * known)
    return float(size * (usual + rare))


def missed_at_most(weights: Float64Array, z_at_most: Float64Array, gate: float) -> int:
    """Return the most that unscored tracks can earn of a piece, in ppb of its money.

    weights: of the tracks that were scored and pass the gate, e · (1 − (gate / z)²), with excess e
    in units of z. z_at_most: a bound on the standard score of every track that was not scored.
    Their weights are at most those of the bounds, and a set of tracks with weight V beside W earns
    at most V / (W + V), which grows with V.
    """
    passing = z_at_most[z_at_most > gate]
    unscored = float((passing * (1 - np.square(gate / passing))).sum())
    if unscored == 0:
        return 0
    return int(np.ceil(PPB * unscored / (float(weights.sum()) + unscored)))
