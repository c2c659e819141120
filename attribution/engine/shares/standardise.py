"""Step 1: scores of every member and query on one scale, summed to generations and tracks."""

from statistics import NormalDist

import numpy as np

from attribution.engine.shares.results import Design, Float64Array, Role
from attribution.engine.task import FloatArray, IntArray

MAD_TO_SIGMA = 1.4826  # of a normal distribution


def standardise(scores: FloatArray, design: Design) -> FloatArray:
    """Return (score − median) / (1.4826 · MAD) over calibration segments, (members, q, n).

    A query whose calibration segments all score alike tells nothing, and gets zeros.
    """
    null = design.track_role[design.segment_track] == Role.CALIBRATION
    control = scores[:, :, null]
    centre = np.median(control, axis=2, keepdims=True)
    spread = MAD_TO_SIGMA * np.median(np.abs(control - centre), axis=2, keepdims=True)
    shifted = scores - centre
    standard: FloatArray = np.divide(shifted, spread, out=np.zeros_like(shifted), where=spread > 0)
    return standard


def by_track(standard: FloatArray, design: Design) -> Float64Array:
    """Sum standard scores over queries and segments in float64, (members, generations, tracks)."""
    totals = np.zeros((len(standard), len(design.generations), len(design.track_role)))
    present = np.unique(design.segment_track)
    for member, scores in enumerate(standard):
        sums = _grouped(scores.astype(np.float64), design.query_generation)
        totals[member][:, present] = _grouped(sums.T, design.segment_track).T
    return totals


def _grouped(values: Float64Array, group: IntArray) -> Float64Array:
    """Sum rows (n, m) that share a group, (groups, m), groups ascending."""
    order = np.argsort(group, kind="stable")
    starts = np.unique(group[order], return_index=True)[1]
    sums: Float64Array = np.add.reduceat(values[order], starts, axis=0)
    return sums


def trimmed_spread(values: Float64Array, cut: float) -> Float64Array:
    """Return the root mean square over the last axis without the `cut` largest, (...).

    Values are centred before. Scaled to be the standard deviation of a normal law; it varies half
    as much as a median deviation over a few dozen tracks, and survives as many outliers as it cuts.
    """
    keep = values.shape[-1] - int(np.ceil(cut * values.shape[-1]))
    kept = np.sort(np.abs(values), axis=-1)[..., :keep]
    edge = NormalDist().inv_cdf((1 + keep / values.shape[-1]) / 2)
    lost = 2 * edge * NormalDist().pdf(edge) * values.shape[-1] / keep
    spread: Float64Array = np.sqrt(np.square(kept).mean(-1) / (1 - lost))
    return spread


def scaled_mad(values: Float64Array, axis: int = -1) -> Float64Array:
    """Return 1.4826 · median |value| along an axis: the spread of values centred before."""
    spread: Float64Array = MAD_TO_SIGMA * np.median(np.abs(values), axis=axis)
    return spread


def trimmed_mean(values: Float64Array, weights: IntArray, cut: float) -> Float64Array:
    """Return the weighted mean over the last axis without the `cut` lowest and highest, (...)."""
    order = np.argsort(values, axis=-1, kind="stable")
    drop = int(np.ceil(cut * values.shape[-1]))
    kept = order[..., drop : values.shape[-1] - drop]
    chosen, mass = np.take_along_axis(values, kept, -1), weights[kept]
    mean: Float64Array = (chosen * mass).sum(-1) / mass.sum(-1)
    return mean
