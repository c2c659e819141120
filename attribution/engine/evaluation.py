"""The linear datamodeling score (LDS), its intervals and its ceiling: numpy only.

For one query, a method predicts what each retrained model loses on it: minus the summed scores of
the segments that model was trained on, since a positive score says that a segment lowers the
loss. LDS is Spearman's rank correlation of prediction and observed loss over the retrained models
(Park et al., 2303.14186, section 2), averaged over queries.

Three things decide how far such a number can be trusted. *Few subsets*: intervals resample the
subsets, the same draw for every method, so that differences are paired. *Noise of retraining*: two
models of one subset and other seeds disagree, and no method can predict noise; `ceiling` says what
a perfect one would reach. *Tuning*: settings are chosen on other queries than are reported.

A resampled subset is a weight: ranks are computed from counts, ties at their middle, which is
exactly Spearman's rho of the sample with every subset written down as often as it was drawn.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_AT_ONCE = 16  # queries; bounds memory at _AT_ONCE · subsets · draws · 8 bytes


@dataclass(frozen=True)
class Estimate:
    """A number with the interval that holds it with 95 %."""

    value: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half the interval's length."""
        return (self.high - self.low) / 2


def evaluate(
    scores: NDArray[np.floating],
    segment_track: NDArray[np.int64],
    subsets: NDArray[np.bool_],
    losses: Floats,
) -> Estimate:
    """Return the LDS of a score matrix against models that were really retrained on subsets.

    scores: (n_queries, n_segments), higher where training lowered the query's loss by more;
    subsets: (n_subsets, n_tracks), which tracks each model saw; losses: (n_subsets, n_queries),
    what each query costs each model, averaged over seeds. Raises ValueError for fewer than 3
    subsets, shapes that do not fit, or numbers that are not finite.
    """
    predicted = predicted_losses(scores, segment_track, subsets)
    counts = draw_counts(len(subsets))
    return estimate(spearman(predicted, losses), spearman(predicted, losses, counts))


def predicted_losses(
    scores: NDArray[np.floating], segment_track: NDArray[np.int64], halves: NDArray[np.bool_]
) -> Floats:
    """Return minus the summed scores of each half's segments, (n_subsets, n_queries).

    scores: (n_queries, n_segments); halves: (n_subsets, n_tracks).
    """
    trained = halves[:, segment_track].astype(np.float64)  # (n_subsets, n_segments)
    return -trained @ scores.T.astype(np.float64)


def spearman(first: Floats, second: Floats, counts: Counts | None = None) -> Floats:
    """Return Spearman's rho down the rows of two (n_subsets, n_queries) arrays.

    With `counts` (draws, n_subsets), how often each row is drawn, the result is
    (draws, n_queries), else (n_queries,). A column whose rows are all alike ranks nothing: 0.
    Raises ValueError for arrays of two shapes, fewer than 3 rows, or a number that is not finite.
    """
    if first.shape != second.shape or len(first) < 3:
        raise ValueError(
            f"Ranks need two arrays of one shape and 3 rows or more: {first.shape}, {second.shape}."
        )
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("Something that is not a finite number cannot be ranked.")
    weights = np.ones((1, len(first)), dtype=np.int64) if counts is None else counts
    columns = range(0, first.shape[1], _AT_ONCE)
    parts = [
        _weighted_rho(first[:, at : at + _AT_ONCE], second[:, at : at + _AT_ONCE], weights)
        for at in columns
    ]
    rho = np.concatenate(parts, axis=1)
    return rho[0] if counts is None else rho


def draw_counts(n_subsets: int, draws: int = 1000, seed: int = 0) -> Counts:
    """Return bootstrap samples of the subsets as counts, (draws, n_subsets)."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(n_subsets, np.full(n_subsets, 1 / n_subsets), draws).astype(np.int64)


def estimate(per_query: Floats, resampled: Floats) -> Estimate:
    """Return the mean over queries (n_queries,) with the interval of resampled means.

    resampled: (draws, n_queries). A difference of two methods is estimated the same way, from the
    differences of both arrays, provided that both were resampled with the same counts.
    """
    low, high = np.quantile(resampled.mean(1), (0.025, 0.975))
    return Estimate(float(per_query.mean()), float(low), float(high))


def ceiling(losses: Floats) -> float | None:
    """Return the LDS of a perfect method, from losses (n_seeds, n_subsets, n_queries).

    Two seeds' losses correlate by r, so the mean of S seeds has the reliability
    R = S·r / (1 + (S − 1)·r) (Spearman-Brown), and the truth behind it correlates with that mean
    by √R. None with a single seed, which cannot tell noise from truth.
    """
    n_seeds = len(losses)
    if n_seeds < 2:
        return None
    pairs = [(i, j) for i in range(n_seeds) for j in range(i)]
    r = max(0.0, float(np.mean([spearman(losses[i], losses[j]).mean() for i, j in pairs])))
    return float(np.sqrt(n_seeds * r / (1 + (n_seeds - 1) * r)))


def _weighted_rho(first: Floats, second: Floats, counts: Counts) -> Floats:
    """Pearson's correlation of weighted ranks, (draws, columns)."""
    weights = counts / counts.sum(1, keepdims=True)
    a, b = _centred_ranks(first, weights), _centred_ranks(second, weights)  # (columns, m, draws)
    covariance = np.einsum("qmb,qmb,bm->bq", a, b, weights)
    scale = np.einsum("qmb,qmb,bm->bq", a, a, weights) * np.einsum("qmb,qmb,bm->bq", b, b, weights)
    flat = scale <= 1e-18
    rho: Floats = np.where(flat, 0.0, covariance / np.sqrt(np.where(flat, 1.0, scale)))
    return rho


def _centred_ranks(values: Floats, weights: Floats) -> Floats:
    """Return the share of weight below each row, ties half, minus its mean: (columns, m, draws)."""
    columns = values.T
    row, other = columns[:, :, None], columns[:, None, :]
    below = (other < row) + 0.5 * (other == row)  # (columns, m, m)
    ranks = below @ weights.T
    centred: Floats = ranks - np.einsum("qmb,bm->qb", ranks, weights)[:, None, :]
    return centred
