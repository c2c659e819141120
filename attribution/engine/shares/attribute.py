"""The run from scores to shares: the five steps of the package's essay in order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from attribution.engine.config import ShareConfig
from attribution.engine.shares.assess import assess
from attribution.engine.shares.credit import fractions, to_ppb
from attribution.engine.shares.interval import fit_ensemble, intervals, predict
from attribution.engine.shares.likeness import Likeness
from attribution.engine.shares.results import (
    PPB,
    AttributionRun,
    Design,
    Evidence,
    Float64Array,
    GenerationAttribution,
    Role,
    TrackShare,
    checked_norms,
    describe,
)
from attribution.engine.shares.standardise import by_track, standardise
from attribution.engine.task import FloatArray, IntArray


def attribute(  # noqa: PLR0913 what is named is rarely given all at once
    scores: FloatArray,
    query_generation: IntArray,
    segment_track: IntArray,
    track_role: IntArray,
    config: ShareConfig | None = None,
    *,
    track_norms: FloatArray | None = None,
    member_runs: Sequence[int] | None = None,
    probes: Collection[int] = (),
    companions: Collection[int] = (),
    likeness: Likeness | None = None,
) -> AttributionRun:
    """Turn scores (members, q, n_segments) into shares of tracks in each generation.

    query_generation: generation id of each query, (q,). segment_track: track of each segment,
    (n_segments,). track_role: `Role` of each track, (n_tracks,).
    track_norms: what `engine.track_norms` says, (members, n_tracks); without them spread is judged
    by length, at a loss of power.
    member_runs: the training run that each member is a checkpoint of; intervals take runs, not
    checkpoints, for independent. None: each member is a run of its own.
    probes: generations planted on purpose, such as copies of controls: attributed like all others,
    but kept out of the null and of the quality figures.
    companions: pieces that are there to tell what chance scores, and are neither attributed nor
    judged; with them the null does not depend on which generations come together.
    likeness: `engine.track_likeness`, with which the best tracks of a piece are checked to have
    something in common.

    Raises BadScores when scores are not finite, do not fit their description, or come with too
    few calibration tracks. Only trained tracks are ever paid.
    """
    config = config or ShareConfig()
    design = describe(scores, query_generation, segment_track, track_role, probes, companions)
    norms = checked_norms(track_norms, scores, design)
    standard = standardise(scores, design)
    totals = by_track(standard, design)  # (members, G, n_tracks)
    ensemble = fit_ensemble(totals, design, norms, member_runs, config)
    null = ensemble.null
    trained = design.tracks(Role.TRAINED)
    excess, z = null.excess_and_z(ensemble.totals)
    shares = fractions(excess[:, trained], z[:, trained], null.gate)
    noise, prediction = predict(ensemble, design, trained, config)
    low = high = shares
    if len(scores) > 1:
        low, high = intervals(
            excess[:, trained], z[:, trained] / null.gate, shares, prediction, config
        )
    earned = _Earned(trained, shares, low, high, excess[:, trained], z[:, trained])
    listen = _Listen(standard.mean(0), design, config.evidence_pairs)
    generations = tuple(
        GenerationAttribution(
            int(generation), *_one_generation(earned, place, listen), model_interval=len(scores) > 1
        )
        for place, generation in enumerate(design.generations)
        if design.attributed[place]
    )
    return AttributionRun(
        generations, assess(totals, ensemble, noise, design, likeness), z[design.attributed]
    )


@dataclass(frozen=True)
class _Earned:
    """Figures of the tracks that can be paid, each (G, paid)."""

    tracks: IntArray  # (paid,)
    shares: Float64Array
    low: Float64Array
    high: Float64Array
    excess: Float64Array
    z: Float64Array


@dataclass(frozen=True)
class _Listen:
    """Where evidence comes from: standard scores, mean over members, (q, n)."""

    standard: FloatArray
    design: Design
    pairs: int

    def evidence(self, place: int, track: int) -> tuple[Evidence, ...]:
        """Return the pairs of segments that score highest for a generation and a track."""
        queries = np.flatnonzero(self.design.query_generation == place)
        segments = np.flatnonzero(self.design.segment_track == track)
        block = self.standard[np.ix_(queries, segments)]
        best = np.argsort(-block, axis=None, kind="stable")[: self.pairs]
        rows, columns = np.unravel_index(best, block.shape)
        return tuple(
            Evidence(int(queries[q]), int(segments[s]), float(block[q, s]))
            for q, s in zip(rows, columns, strict=True)
        )


def _one_generation(
    earned: _Earned, place: int, listen: _Listen
) -> tuple[tuple[TrackShare, ...], int]:
    """Return (shares in ppb, largest first, and the unattributed rest) of one generation."""
    ppb = to_ppb(earned.shares[place])
    paid = [int(at) for at in np.argsort(-ppb[:-1], kind="stable") if ppb[at] > 0]
    shares = tuple(
        TrackShare(
            track=int(earned.tracks[at]),
            share_ppb=int(ppb[at]),
            low_ppb=max(0, int(ppb[at]) - _ppb(earned.shares[place, at] - earned.low[place, at])),
            high_ppb=min(
                PPB, int(ppb[at]) + _ppb(earned.high[place, at] - earned.shares[place, at])
            ),
            z=float(earned.z[place, at]),
            excess=float(earned.excess[place, at]),
            evidence=listen.evidence(place, int(earned.tracks[at])),
        )
        for at in paid
    )
    return shares, int(ppb[-1])


def _ppb(fraction: float) -> int:
    return round(fraction * PPB)
