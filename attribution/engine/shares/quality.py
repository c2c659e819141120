"""Reliability figures of a run that need no retraining (after Aria, 2605.16181)."""

from itertools import combinations

import numpy as np

from attribution.engine.shares.credit import fractions
from attribution.engine.shares.null import Null
from attribution.engine.shares.results import Design, Float64Array, Quality, Role
from attribution.engine.shares.standardise import scaled_mad
from attribution.engine.task import IntArray

TOP = 5


def assess(totals: Float64Array, null: Null, design: Design) -> Quality:
    """Measure the run on generations that are no probes; totals are (members, G, n_tracks)."""
    totals = totals[:, design.pooled]
    excess, z = null.excess_and_z(totals.mean(0))
    trained = design.tracks(Role.TRAINED)
    test = design.tracks(Role.TEST)
    taken, passing = _false_payment(excess, z, null.gate, design)
    scale = len(trained) / len(test) if len(test) else 0.0
    return Quality(
        generations=len(z),
        trained_tracks=len(trained),
        calibration_tracks=len(null.calibration),
        test_tracks=len(test),
        null_size=null.size,
        gate_z=null.gate,
        spread_law=null.law_from,
        tail_shape=null.tail_shape,
        attributed=float(fractions(excess[:, trained], z[:, trained], null.gate).sum(1).mean()),
        false_payment=taken,
        false_payment_scaled=None if taken is None else min(1.0, taken * scale),
        false_tracks_per_generation=None if passing is None else passing * scale,
        trained_to_control_spread=_spread_ratio(z[:, trained], z[:, null.calibration]),
        top_singular_value=_top_singular_value(z[:, trained]),
        column_concentration=_column_concentration(z[:, trained]),
        member_agreement=_agreement(totals, null, trained),
    )


def _false_payment(
    excess: Float64Array, z: Float64Array, gate: float, design: Design
) -> tuple[float | None, float | None]:
    """Return (share of money, passing tracks a generation) of test controls that may compete."""
    test = design.tracks(Role.TEST)
    if not len(test):
        return None, None
    rivals = np.concatenate([design.tracks(Role.TRAINED), test])
    shares = fractions(excess[:, rivals], z[:, rivals], gate)
    taken = float(shares[:, -len(test) :].sum(1).mean())
    return taken, float((z[:, test] > gate).sum(1).mean())


def _spread_ratio(trained: Float64Array, control: Float64Array) -> float:
    """Return the median over generations of the ratio of robust spreads around each median."""
    spreads = [
        scaled_mad(values - np.median(values, axis=1, keepdims=True))
        for values in (trained, control)
    ]
    usable = spreads[1] > 0
    return float(np.median(spreads[0][usable] / spreads[1][usable])) if usable.any() else 0.0


def _top_singular_value(z: Float64Array) -> float:
    energy = np.square(np.linalg.svd(z, compute_uv=False))
    return float(energy[0] / energy.sum()) if energy.sum() > 0 else 0.0


def _column_concentration(z: Float64Array) -> float:
    top = np.argsort(-z, axis=1, kind="stable")[:, :TOP]
    return float(np.bincount(top.ravel()).max() / len(z))


def _agreement(totals: Float64Array, null: Null, trained: IntArray) -> float | None:
    """Return the mean Spearman correlation of two members over trained tracks and generations."""
    if len(totals) == 1 or len(trained) < 2:
        return None
    ranks = [_ranks(null.excess_and_z(member)[1][:, trained]) for member in totals]
    return float(np.mean([_correlation(a, b) for a, b in combinations(ranks, 2)]))


def _ranks(values: Float64Array) -> Float64Array:
    """Return ranks along the last axis, centred; float scores hardly tie, ties go by place."""
    order = np.argsort(np.argsort(values, axis=1, kind="stable"), axis=1)
    ranks: Float64Array = order - (values.shape[1] - 1) / 2
    return ranks


def _correlation(a: Float64Array, b: Float64Array) -> float:
    norms = np.sqrt(np.square(a).sum(1) * np.square(b).sum(1))
    return float(((a * b).sum(1) / norms).mean())
