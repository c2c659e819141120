"""Checks of a score matrix that need no retraining (after Aria, 2605.16181).

A method can be broken and still give numbers that look like scores. Three symptoms do not need the
truth: all pieces rank tracks alike, members contradict each other, and the best tracks of a piece
have nothing in common. Scores here are standard scores z of trained tracks.
"""

from itertools import combinations

import numpy as np

from attribution.engine.shares.results import Float64Array
from attribution.engine.task import IntArray

BEST = 5  # tracks of a piece that count as its best, where there are ten times as many
SPECTRUM = 5  # singular values that are kept


def best_tracks(z: Float64Array) -> IntArray:
    """Return the places of the best tracks of each piece, best first, (G, k).

    k is at most a tenth of the tracks, or the same track would be among the best by chance alone.
    """
    k = max(1, min(BEST, z.shape[1] // 10))
    best: IntArray = np.argsort(-z, axis=1, kind="stable")[:, :k]
    return best


def concentration(z: Float64Array) -> float:
    """Return the largest share of pieces that have the same track among their best."""
    return float(np.bincount(best_tracks(z).ravel()).max() / len(z))


def unit_rows(z: Float64Array) -> Float64Array:
    """Centre each piece's row and scale it to length 1, so that one strong source weighs no more.

    A row without spread becomes zeros.
    """
    centred = z - z.mean(1, keepdims=True)
    norms = np.linalg.norm(centred, axis=1, keepdims=True)
    rows: Float64Array = np.divide(centred, norms, out=np.zeros_like(centred), where=norms > 0)
    return rows


def spectrum(rows: Float64Array) -> tuple[tuple[float, ...], float]:
    """Return (largest energies as shares of all, effective rank) of a matrix's singular values.

    The effective rank is the exponential of the entropy of the energies (Roy and Vetterli, 2007).
    A matrix of zeros has the energies (0,) and rank 0.
    """
    energy = np.square(np.linalg.svd(rows, compute_uv=False))
    if not energy.sum() > 0:
        return (0.0,), 0.0
    part = energy / energy.sum()
    present = part[part > 0]
    rank = float(np.exp(-(present * np.log(present)).sum()))
    return tuple(float(value) for value in part[:SPECTRUM]), rank


def likeness_of_rows(rows: Float64Array) -> float:
    """Return the mean cosine of two different unit rows; 0 for a single one."""
    n = len(rows)
    if n < 2:
        return 0.0
    return float((np.square(rows.sum(0)).sum() - np.square(rows).sum()) / (n * (n - 1)))


def agreements(z: Float64Array) -> Float64Array | None:
    """Return the mean Spearman correlation of each member with the others, (members,).

    `z` is (members, G, n). None for one member or one track, which cannot agree.
    """
    if len(z) == 1 or z.shape[2] < 2:
        return None
    ranks = [_ranks(member) for member in z]
    sums = np.zeros(len(z))
    for a, b in combinations(range(len(z)), 2):
        correlation = _correlation(ranks[a], ranks[b])
        sums[a] += correlation
        sums[b] += correlation
    means: Float64Array = sums / (len(z) - 1)
    return means


def _ranks(values: Float64Array) -> Float64Array:
    """Return ranks along the last axis, centred; float scores hardly tie, ties go by place."""
    order = np.argsort(np.argsort(values, axis=1, kind="stable"), axis=1)
    ranks: Float64Array = order - (values.shape[1] - 1) / 2
    return ranks


def _correlation(a: Float64Array, b: Float64Array) -> float:
    norms = np.sqrt(np.square(a).sum(1) * np.square(b).sum(1))
    return float(((a * b).sum(1) / norms).mean())
