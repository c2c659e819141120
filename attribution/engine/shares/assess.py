"""Measuring a run's `Quality`: what chance would be paid, and whether the scores look sound."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from attribution.engine.shares import matrix
from attribution.engine.shares.credit import fractions
from attribution.engine.shares.interval import Ensemble, RunNoise
from attribution.engine.shares.likeness import Likeness
from attribution.engine.shares.null import Null
from attribution.engine.shares.quality import FEWEST_JUDGED, Quality
from attribution.engine.shares.results import Design, Float64Array, Role
from attribution.engine.shares.standardise import scaled_mad
from attribution.engine.task import IntArray

LIKENESS_GROUPS = 64  # pieces whose best tracks are compared; their rows are held in memory
_SEED = 0  # of the random groups


def assess(
    totals: Float64Array,
    ensemble: Ensemble,
    noise: RunNoise,
    design: Design,
    likeness: Likeness | None = None,
) -> Quality:
    """Measure the run on generations that are no probes; totals are (members, G, n_tracks)."""
    null = ensemble.null
    excess, z = null.excess_and_z(ensemble.totals[design.pooled])
    trained = design.tracks(Role.TRAINED)
    chance = _false_payment(excess, z, null.gate, design)
    return Quality(
        generations=len(z),
        trained_tracks=len(trained),
        calibration_tracks=len(null.calibration),
        test_tracks=len(design.tracks(Role.TEST)),
        null_size=null.size,
        gate_z=null.gate,
        spread_law=null.law_from,
        tail_shape=null.tail_shape,
        attributed=float(fractions(excess[:, trained], z[:, trained], null.gate).sum(1).mean()),
        false_payment=chance.taken,
        false_payment_scaled=chance.scaled,
        false_payment_error=chance.error,
        false_tracks_per_generation=chance.passing,
        trained_to_control_spread=_spread_ratio(z[:, trained], z[:, null.calibration]),
        runs=noise.runs,
        run_gain=noise.gain if noise.is_measured else None,
        run_spread=noise.spread if noise.is_measured else None,
        **_checks(totals, null, design, likeness),
    )


@dataclass(frozen=True)
class _Chance:
    """What test controls would get; None without any."""

    taken: float | None = None
    scaled: float | None = None
    error: float | None = None
    passing: float | None = None


def _false_payment(excess: Float64Array, z: Float64Array, gate: float, design: Design) -> _Chance:
    """Let test controls compete for money beside the trained tracks."""
    test, trained = design.tracks(Role.TEST), design.tracks(Role.TRAINED)
    if not len(test):
        return _Chance()
    rivals = np.concatenate([trained, test])
    shares = fractions(excess[:, rivals], z[:, rivals], gate)
    taken = shares[:, -len(test) :].sum(1)  # (G,)
    scale = len(trained) / len(test)
    return _Chance(
        taken=float(taken.mean()),
        scaled=min(1.0, float(taken.mean()) * scale),
        error=float(taken.std(ddof=1) / np.sqrt(len(taken))) * scale if len(taken) > 1 else None,
        passing=float((z[:, test] > gate).sum(1).mean()) * scale,
    )


def _checks(
    totals: Float64Array, null: Null, design: Design, likeness: Likeness | None
) -> dict[str, Any]:
    """Check the score matrix on the pieces, or on the companions where pieces are too few."""
    own = design.pooled.sum() >= FEWEST_JUDGED or not design.companions
    judged = design.pooled if own else ~design.attributed
    trained = design.tracks(Role.TRAINED)
    z = null.excess_and_z(totals[:, judged].mean(0))[1][:, trained]
    members = np.stack([null.excess_and_z(one[judged])[1][:, trained] for one in totals])
    rows = matrix.unit_rows(z)
    energies, rank = matrix.spectrum(rows)
    agreements = matrix.agreements(members)
    return {
        "judged": len(z),
        "judged_on": "generations" if own else "companions",
        "singular_energies": energies,
        "effective_rank": rank,
        "column_concentration": matrix.concentration(z),
        "piece_likeness": matrix.likeness_of_rows(rows),
        "member_agreement": None if agreements is None else float(agreements.mean()),
        "weakest_member_agreement": None if agreements is None else float(agreements.min()),
        **_group_likeness(z, trained, likeness),
    }


def _group_likeness(
    z: Float64Array, trained: IntArray, likeness: Likeness | None
) -> dict[str, float | None]:
    """Compare the best tracks of pieces with as many random groups of trained tracks."""
    places = np.unique(np.linspace(0, len(z) - 1, min(len(z), LIKENESS_GROUPS)).astype(np.int64))
    best = trained[matrix.best_tracks(z[places])]
    groups, size = best.shape
    if likeness is None or size < 2:
        return {"top_likeness": None, "random_likeness": None, "likeness_z": None}
    random = np.random.default_rng(_SEED)
    others = np.stack([random.choice(trained, size, replace=False) for _ in range(groups)])
    top, chance = np.split(likeness(np.concatenate([best, others])), 2)
    error = np.sqrt((top.var() + chance.var()) / groups)
    apart = float((top.mean() - chance.mean()) / error) if error > 0 else 0.0
    return {
        "top_likeness": float(top.mean()),
        "random_likeness": float(chance.mean()),
        "likeness_z": apart,
    }


def _spread_ratio(trained: Float64Array, control: Float64Array) -> float:
    """Return the median over generations of the ratio of robust spreads around each median."""
    spreads = [
        scaled_mad(values - np.median(values, axis=1, keepdims=True))
        for values in (trained, control)
    ]
    usable = spreads[1] > 0
    return float(np.median(spreads[0][usable] / spreads[1][usable])) if usable.any() else 0.0
