"""Step 5: which share an independent ensemble would give.

The shares of one ensemble are compared with those of another one: `INDEPENDENT_RUNS` trainings with
other seeds. Checkpoints of one run have a seed in common, so what counts is runs. A share follows
from r = z/gate, the strength of a track against chance, and two things happen to log r:

- *Growth*. Part of what tracks score by chance is a run's own, and averages out over runs. If κ is
  its variance over that of the part which all runs share, averaging M runs narrows chance by
  √(1 + κ/M), so larger ensembles see the same source stand out further.
- *Spread*. Runs differ in how strongly a source shows, by σ in log r. The mean of M runs differs
  from that of M′ others by σ·√(1/M + 1/M′). The gate is estimated for each ensemble anew, however
  many runs it has, and moves all its shares together; so both gates add `GATE_SPREAD`.

With two runs or more both are measured on the pieces that make the null. σ of a single pair of
piece and track is known by M − 1 degrees of freedom alone, so its variance is moderated by the
typical one, which weighs like `TYPICAL_WEIGHT` degrees, and the noise follows Student's law with as
many in all (Smyth 2004, empirical Bayes). One run says nothing of another; then κ and σ are
assumed (`ShareConfig.run_gain`, `run_spread`). `python -m benchmarks.uncertainty` measures how
often the interval holds; docs/decisions/0007-uncertainty.md has the figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attribution.engine.config import ShareConfig
from attribution.engine.errors import BadScores
from attribution.engine.shares.credit import fractions
from attribution.engine.shares.null import Null, fit_null
from attribution.engine.shares.results import Design, Float64Array
from attribution.engine.task import IntArray

INDEPENDENT_RUNS = 8  # of the ensemble whose shares are predicted
TYPICAL_WEIGHT = 4  # degrees of freedom of the typical variance in that of a single pair
PRIOR_PAIRS = 20  # pairs that the assumed spread weighs like, where few are near the gate
GATE_SPREAD = 0.08  # of log gate between ensembles, as benchmarks.uncertainty shows it
NEAR_GATE = (0.7, 2.0)  # strengths at which noise decides money; beyond, shares hardly move
REACH = 0.99  # quantile of chance whose narrowing is measured; farther out it is too rough
FAINTEST = 0.05  # strength whose logarithm stands for all that is weaker, or negative
CANDIDATE = 0.2  # strength below which no noise lifts a track over the gate
GAINS = np.geomspace(0.01, 30, 300)


@dataclass(frozen=True)
class RunNoise:
    """What another training run would change. `is_measured` is false where there is one run."""

    runs: int
    gain: float  # κ
    spread: float  # σ, typical
    is_measured: bool


@dataclass(frozen=True)
class Ensemble:
    """Track totals of the ensemble and of each of its runs, and the nulls fitted to them."""

    totals: Float64Array  # (G, n_tracks)
    null: Null
    run_totals: tuple[Float64Array, ...]
    run_nulls: tuple[Null, ...]

    def strength(self, tracks: IntArray) -> Float64Array:
        """Return r = z/gate, (G, tracks)."""
        return _strength(self.totals, self.null, tracks)

    def run_logs(self, tracks: IntArray) -> Float64Array:
        """Return log r as each run alone would have it, (runs, G, tracks)."""
        each = [
            _strength(totals, null, tracks)
            for totals, null in zip(self.run_totals, self.run_nulls, strict=True)
        ]
        logs: Float64Array = np.log(np.clip(np.stack(each), FAINTEST, None))
        return logs


def fit_ensemble(
    totals: Float64Array,
    design: Design,
    norms: Float64Array | None,
    member_runs: Sequence[int] | None,
    config: ShareConfig,
) -> Ensemble:
    """Fit the null to the mean of all members and, of several runs, to each run's mean.

    totals: (members, G, n_tracks). member_runs: the training run of each member; None: each member
    is a run of its own. Raises BadScores when they are not one a member.
    """
    runs = np.arange(len(totals)) if member_runs is None else np.asarray(member_runs)
    if runs.shape != (len(totals),):
        raise BadScores(f"member_runs needs one run for each of {len(totals)} members.")

    def fit(chosen: IntArray) -> tuple[Float64Array, Null]:
        mean = totals[chosen].mean(0)
        own = None if norms is None else norms[chosen]
        return mean, fit_null(mean, design, config.false_tracks_per_generation, own)

    mean, null = fit(np.arange(len(totals)))
    names = np.unique(runs)
    each = [fit(np.flatnonzero(runs == run)) for run in names] if len(names) > 1 else [(mean, null)]
    return Ensemble(mean, null, *(tuple(part) for part in zip(*each, strict=True)))


@dataclass(frozen=True)
class Prediction:
    """How log r of an independent ensemble is distributed, given this one."""

    shift: float
    deviation: Float64Array  # (G, tracks) scale of Student's law
    degrees: int


def predict(
    ensemble: Ensemble, design: Design, tracks: IntArray, config: ShareConfig
) -> tuple[RunNoise, Prediction]:
    """Measure what runs differ by, and say what another ensemble's strengths would be."""
    runs, shape = len(ensemble.run_totals), (len(ensemble.totals), len(tracks))
    gain, typical = config.run_gain, config.run_spread**2
    own = np.zeros(shape)
    if runs > 1:
        gain = _gain(ensemble, design.null_makers)
        own = ensemble.run_logs(tracks).var(0, ddof=1)
        strength = ensemble.strength(tracks)
        near = (strength > NEAR_GATE[0]) & (strength < NEAR_GATE[1]) & design.null_makers[:, None]
        typical = (PRIOR_PAIRS * typical + own[near].sum()) / (PRIOR_PAIRS + near.sum())
    degrees = TYPICAL_WEIGHT + runs - 1
    moderated = (TYPICAL_WEIGHT * typical + (runs - 1) * own) / degrees
    return (
        RunNoise(runs, float(gain), float(np.sqrt(typical)), is_measured=runs > 1),
        Prediction(
            shift=float(_growth(gain, runs, INDEPENDENT_RUNS)),
            deviation=np.sqrt(moderated * (1 / runs + 1 / INDEPENDENT_RUNS) + 2 * GATE_SPREAD**2),
            degrees=degrees,
        ),
    )


def intervals(
    excess: Float64Array,
    strength: Float64Array,
    shares: Float64Array,
    prediction: Prediction,
    config: ShareConfig,
) -> tuple[Float64Array, Float64Array]:
    """Return (low, high) around `shares`, all (G, tracks), by simulating other ensembles.

    Every generation is drawn with the same seed, so that its interval depends on itself alone.
    """
    low, high = shares.copy(), shares.copy()
    tail = (1 - config.interval_level) / 2
    for place in np.flatnonzero(shares.any(1)):
        at = np.flatnonzero(strength[place] > CANDIDATE)
        random = np.random.default_rng(config.seed)
        noise = random.standard_t(prediction.degrees, (config.resamples, len(at)))
        factor = np.exp(prediction.shift + prediction.deviation[place, at] * noise)
        drawn = fractions(excess[place, at] * factor, strength[place, at] * factor, 1.0)
        ends = np.quantile(drawn, [tail, 1 - tail], axis=0)
        low[place, at] = np.minimum(shares[place, at], ends[0])
        high[place, at] = np.maximum(shares[place, at], ends[1])
    return low, high


def _gain(ensemble: Ensemble, makers: NDArray[np.bool_]) -> float:
    """Return the κ by which averaging the runs narrowed chance, on the calibration tracks."""
    at = ensemble.null.calibration
    excess, z = ensemble.null.excess_and_z(ensemble.totals)
    unit = np.divide(excess, z, out=np.ones_like(z), where=z != 0)[makers][:, at]

    def reach(totals: Float64Array, null: Null) -> float:
        own = null.excess_and_z(totals)[0][makers][:, at]
        return max(float(np.quantile(own / unit, REACH)), np.finfo(np.float64).tiny)

    whole = reach(ensemble.totals, ensemble.null)
    each = map(reach, ensemble.run_totals, ensemble.run_nulls)
    narrowed = np.mean(np.log(list(each))) - np.log(whole)
    fits = np.abs(_growth(GAINS, 1, len(ensemble.run_totals)) - narrowed)
    return float(GAINS[np.argmin(fits)])


def _growth(gain: float | Float64Array, runs: int, more: int) -> Float64Array:
    """Return by how much log r grows from an ensemble of `runs` to one of `more`."""
    growth: Float64Array = np.log((1 + gain / runs) / (1 + gain / more)) / 2
    return growth


def _strength(totals: Float64Array, null: Null, tracks: IntArray) -> Float64Array:
    strength: Float64Array = null.excess_and_z(totals)[1][:, tracks] / null.gate
    return strength
