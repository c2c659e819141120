"""Steps 2 and 3: what tracks score by chance, and how far above that money begins."""

from dataclasses import dataclass

import numpy as np

from attribution.engine.errors import BadScores
from attribution.engine.shares.results import Design, Float64Array, Role
from attribution.engine.shares.standardise import trimmed_mean, trimmed_spread
from attribution.engine.task import IntArray

TRIM = 0.1
TAIL_FROM = 0.9  # the tail law begins at this quantile of the pooled null, or lower
TAIL_SIZE = 30  # ... so that it is fitted to at least so many excesses, or to the upper half
HEAVIEST_SHAPE = 0.5  # beyond, a quantile says more about noise in the fit than about the tail
LIKELY_SHAPE = 0.15  # believed before the data speak (docs/decisions/0007-uncertainty.md)
SHAPE_TRUST = 1000  # excesses at which a fitted shape is believed by half; they come in clusters
FARTHEST = 6.0  # medians of |deviation|: beyond, a control was copied rather than lucky
OVERDISPERSIONS = np.concatenate([[0.0], np.geomspace(1e-3, 1e2, 51)])


@dataclass(frozen=True)
class Null:
    """The fitted null of a run. `law` is v, `gate` is c of the package's essay."""

    calibration: IntArray  # tracks
    track_segments: IntArray  # (n_tracks,)
    law: Float64Array  # (n_tracks,) spread of a track's null scores, up to each generation's τ
    law_from: str  # "norms" or "lengths"
    gate: float
    tail_shape: float
    size: int  # pooled standard scores

    def excess_and_z(self, totals: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Return e and z of every generation and track for totals (G, n_tracks)."""
        counts, at = self.track_segments, self.calibration
        location, scale = _fit(totals[:, at], counts[at], self.law[at])
        excess = totals - location[:, None] * counts
        return excess, _ratio(excess, scale[:, None] * self.law)


def fit_null(
    totals: Float64Array, design: Design, false_tracks: float, norms: Float64Array | None
) -> Null:
    """Fit the null to totals (G, n_tracks) and place the gate.

    `norms` (members, n_tracks) are the tracks' feature norms; without them spread is taken to
    follow from length. Raises BadScores when the calibration tracks show no spread at all.
    """
    at = design.tracks(Role.CALIBRATION)
    counts = design.track_segments[at]
    control = totals[design.null_makers][:, at]
    if norms is None:
        law = np.sqrt(_variance_law(design.track_segments, _fit_overdispersion(control, counts)))
    else:
        law = _law_of_norms(norms, at)
    pooled = _left_out_z(control, counts, law[at]).ravel()
    tail = false_tracks / len(design.tracks(Role.TRAINED))
    gate, shape = tail_quantile(pooled, tail)
    if not gate > 0:
        raise BadScores(
            "Calibration tracks show no spread, so no score can be told from chance. Check that "
            "their features are not all equal."
        )
    return Null(
        calibration=at,
        track_segments=design.track_segments,
        law=law,
        law_from="lengths" if norms is None else "norms",
        gate=gate,
        tail_shape=shape,
        size=len(pooled),
    )


def tail_quantile(pooled: Float64Array, tail: float) -> tuple[float, float]:
    """Return (value exceeded with probability `tail`, shape of the tail law).

    With u the quantile where the tail begins and p_u its probability, it is the sample's own for
    tail ≥ p_u; beyond, that of the generalised Pareto law Q(p) = u + β/ξ·((p_u/p)^ξ − 1). ξ in
    [0, HEAVIEST_SHAPE] matches the 80 % quantile of the excesses over u to their median, and is
    shrunk towards LIKELY_SHAPE, since few excesses say little of it, and those of one track or
    piece go together; β matches the median.
    """
    begin = float(np.clip(1 - TAIL_SIZE / len(pooled), 0.5, TAIL_FROM))
    start = float(np.quantile(pooled, begin))
    if tail >= 1 - begin:
        return float(np.quantile(pooled, 1 - tail)), 0.0
    beyond = pooled[pooled > start] - start
    if not len(beyond):
        return start, 0.0
    half, fifth = (float(np.quantile(beyond, level)) for level in (0.5, 0.8))
    trust = len(beyond) / (len(beyond) + SHAPE_TRUST)
    fitted = _pareto_shape(fifth / half) if half > 0 else LIKELY_SHAPE
    shape = trust * fitted + (1 - trust) * LIKELY_SHAPE
    scale = half / float(_pareto(shape, 2.0))
    return start + scale * float(_pareto(shape, (1 - begin) / tail)), shape


def _pareto(shape: float, odds: float) -> float:
    """Return the quantile exceeded with probability 1/odds for scale 1; exponential at shape 0."""
    return float(np.log(odds)) if shape == 0 else float((odds**shape - 1) / shape)


def _pareto_shape(ratio: float) -> float:
    """Return the ξ at which the 80 % quantile is `ratio` times the median, kept in its bounds."""
    low, high = 0.0, HEAVIEST_SHAPE
    if ratio <= _pareto(low, 5.0) / _pareto(low, 2.0):
        return low
    for _ in range(40):
        middle = (low + high) / 2
        if _pareto(middle, 5.0) / _pareto(middle, 2.0) < ratio:
            low = middle
        else:
            high = middle
    return high


def _law_of_norms(norms: Float64Array, calibration: IntArray) -> Float64Array:
    """Return the mean over members of the norms, each relative to its controls', (n_tracks,).

    A query divides its scores by the spread of the controls' before members are averaged, hence
    the division; a track without segments has norm 0, and 0 here.
    """
    typical = np.median(norms[:, calibration], axis=1, keepdims=True)
    law: Float64Array = _ratio(norms, np.broadcast_to(typical, norms.shape)).mean(0)
    return law


def _variance_law(counts: IntArray, overdispersion: float) -> Float64Array:
    law: Float64Array = counts + overdispersion * np.square(counts, dtype=np.float64)
    return law


def _fit(
    control: Float64Array, counts: IntArray, law: Float64Array
) -> tuple[Float64Array, Float64Array]:
    """Return (μ, τ) of each generation from its calibration totals (G, C)."""
    location = trimmed_mean(control / counts, counts, TRIM)
    scale = trimmed_spread((control - location[:, None] * counts) / law, TRIM)
    return location, scale


def _left_out_z(control: Float64Array, counts: IntArray, law: Float64Array) -> Float64Array:
    """Standardise each calibration track by the others of its generation, (G, C).

    A track that helped to set its own scale would look tamer than a new one.
    """
    z = np.empty_like(control)
    for track in range(control.shape[1]):
        others = np.arange(control.shape[1]) != track
        location, scale = _fit(control[:, others], counts[others], law[others])
        z[:, track] = _ratio(control[:, track] - location * counts[track], scale * law[track])
    return z


def _fit_overdispersion(control: Float64Array, counts: IntArray) -> float:
    """Return the ρ that makes standardised deviations most alike across track lengths.

    Minimises the profile of a Laplace likelihood, n·log(mean |r|/√v) + Σ log √v, over a grid.
    Absolute deviations, cut at FARTHEST medians, keep a copied control from deciding. Without
    lengths that differ, ρ = 0.
    """
    if len(set(counts.tolist())) == 1:
        return 0.0
    location = trimmed_mean(control / counts, counts, TRIM)
    deviation = np.abs(control - location[:, None] * counts)
    typical = np.median(deviation, axis=1, keepdims=True)
    deviation = deviation[typical[:, 0] > 0] / typical[typical[:, 0] > 0]
    deviation = deviation.clip(max=FARTHEST)
    if not deviation.size:
        return 0.0

    def cost(overdispersion: float) -> float:
        law = np.sqrt(_variance_law(counts, overdispersion))
        return float(np.log((deviation / law).mean()) + np.log(law).mean())

    return float(min(OVERDISPERSIONS, key=lambda rho: cost(float(rho))))


def _ratio(values: Float64Array, scale: Float64Array) -> Float64Array:
    """Divide, with 0 where a generation has no spread: nothing can be said about it."""
    ratio: Float64Array = np.divide(
        values, scale, out=np.zeros_like(values), where=np.broadcast_to(scale > 0, values.shape)
    )
    return ratio
