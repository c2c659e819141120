"""What is measured: money gone right and wrong, coverage of intervals, exchangeability of tracks.

Pure functions of what members say; it must not train or print. Shares come from the engine's facade
alone, asked as the services ask it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attribution import engine
from attribution.reference.arrays import IntArray
from benchmarks.uncertainty.members import Half, Member
from benchmarks.uncertainty.world import EARNING, GENERATED, UNSEEN

REFERENCE_RUNS = 8
RESAMPLES = 500
Floats = NDArray[np.float64]
_Ends = tuple[float, float, float]  # share, low, high


@dataclass(frozen=True)
class Money:
    """Where the money of one kind of piece goes, as parts of what the pieces earn."""

    kind: str
    pieces: int
    power: float | None  # to the true source; None where there is none
    wrong: float  # to other tracks that were trained on
    false_payment: float | None  # to tracks never trained on; None where they are the source
    error: float | None  # standard error of false_payment over pieces


@dataclass(frozen=True)
class Coverage:
    """How often an interval of one sort of ensemble holds the share that other runs give."""

    ensemble: str
    trials: int
    pairs: int  # paid ones, over all trials
    coverage: float
    lowest: float  # of a trial
    highest: float
    width: float
    range_coverage: float | None  # of the range of the members' own shares; None for one member
    range_width: float | None
    unpaid: float  # part of the other runs' payments that goes to pairs which are not paid here
    gain: float | None  # as measured by the ensembles, median
    spread: float | None
    gate_spread: float  # standard deviation of log gate between the ensembles


@dataclass(frozen=True)
class Exchangeability:
    """Standard scores of left-out tracks against those of controls, for the same pieces."""

    half: int
    area: float  # probability that a left-out track scores above a control
    low: float  # 95 % interval over tracks
    high: float
    distance: float  # Kolmogorov and Smirnov's
    by_chance: float  # its 95 % quantile when left-out tracks and controls are mixed up


def attributed(
    half: Half, members: Sequence[Member], segment_track: IntArray, *, all_compete: bool = False
) -> engine.AttributionRun:
    """Attribute the pieces of a half. `all_compete`: left-out tracks compete like trained ones."""
    roles = half.roles
    if all_compete:
        roles = np.where(roles == engine.Role.TEST, int(engine.Role.TRAINED), roles)
    return engine.attribute(
        np.stack([member.scores for member in members]),
        half.query_generation,
        segment_track,
        roles,
        engine.ShareConfig(evidence_pairs=0),
        track_norms=np.stack([member.norms for member in members]),
        member_runs=[member.seed for member in members],
        probes=[place for place, piece in enumerate(half.pieces) if piece.kind == UNSEEN],
        companions=half.companion_generations,
    )


def money(
    asked: Sequence[tuple[Half, Sequence[Member]]], segment_track: IntArray
) -> Iterator[Money]:
    """Follow the money of each kind of piece, and of all whose source may be trained on."""
    rows: dict[str, list[tuple[float, float, float]]] = {}
    for half, members in asked:
        plain = attributed(half, members, segment_track)
        rivals = attributed(half, members, segment_track, all_compete=True)
        for piece, own, contested in zip(
            half.pieces, plain.generations, rivals.generations, strict=True
        ):
            found = own if piece.kind == UNSEEN else contested
            rows.setdefault(piece.kind, []).append(_parts(found, half.roles, piece.source))
    for kind, parts in rows.items():
        yield _money(kind, parts)
    yield _money("all but copies of unseen", [p for k in rows if k != UNSEEN for p in rows[k]])


def _parts(
    found: engine.GenerationAttribution, roles: IntArray, source: int
) -> tuple[float, float, float]:
    """Return (to the source, to other trained tracks, to tracks never trained on)."""
    right = wrong = false = 0
    for share in found.shares:
        if share.track == source:
            right += share.share_ppb
        elif roles[share.track] == engine.Role.TRAINED:
            wrong += share.share_ppb
        else:
            false += share.share_ppb
    return right / engine.PPB, wrong / engine.PPB, false / engine.PPB


def _money(kind: str, parts: Sequence[tuple[float, float, float]]) -> Money:
    right, wrong, false = np.array(parts).T
    is_known = kind != UNSEEN and len(false) > 1
    return Money(
        kind=kind,
        pieces=len(parts),
        power=float(right.mean()) if kind in EARNING else None,
        wrong=float(wrong.mean()),
        false_payment=None if kind == UNSEEN else float(false.mean()),
        error=float(false.std(ddof=1) / np.sqrt(len(false))) if is_known else None,
    )


def coverage(
    half: Half,
    by_seed: Mapping[int, Sequence[Member]],
    segment_track: IntArray,
    runs: int,
    checkpoints: int,
    trials: int,
) -> Coverage:
    """Draw `runs` seeds and `REFERENCE_RUNS` others, several times, and compare their shares.

    Both ensembles have the last `checkpoints` checkpoints of each of their runs.
    """
    held, ranged, widths, gains, unpaid, gates = [], [], [], [], [], []
    for trial in range(trials):
        seeds = np.random.default_rng(trial).permutation(sorted(by_seed))
        own, other = (
            [member for seed in part for member in by_seed[int(seed)][-checkpoints:]]
            for part in (seeds[:runs], seeds[runs : runs + REFERENCE_RUNS])
        )
        run = attributed(half, own, segment_track)
        truth = _shares(attributed(half, other, segment_track))
        ends = _shares(run)
        held.append([low <= _share(truth, key) <= high for key, (_, low, high) in ends.items()])
        widths += [high - low for _, low, high in ends.values()]
        if len(own) > 1:
            alone = [_shares(attributed(half, [member], segment_track)) for member in own]
            ranged += [_in_range(alone, key, _share(truth, key)) for key in ends]
        owed = sum(share for share, _, _ in truth.values())
        unpaid.append(sum(s for key, (s, _, _) in truth.items() if key not in ends) / owed)
        gates.append(np.log(run.quality.gate_z))
        gains.append((run.quality.run_gain, run.quality.run_spread))
    each = [float(np.mean(trial)) for trial in held]
    measured = [np.array(pair) for pair in gains if None not in pair]
    gain, spread = np.median(measured, axis=0) if measured else (None, None)
    inside = np.array(ranged, dtype=np.float64)
    return Coverage(
        ensemble=f"{runs} run{'s'[: runs > 1]} × {checkpoints}",
        trials=trials,
        pairs=sum(map(len, held)),
        coverage=float(np.mean([ok for trial in held for ok in trial])),
        lowest=min(each),
        highest=max(each),
        width=float(np.mean(widths)),
        range_coverage=float(inside[:, 0].mean()) if len(inside) else None,
        range_width=float(inside[:, 1].mean()) if len(inside) else None,
        unpaid=float(np.mean(unpaid)),
        gain=None if gain is None else float(gain),
        spread=None if spread is None else float(spread),
        gate_spread=float(np.std(gates)),
    )


def _shares(run: engine.AttributionRun) -> dict[tuple[int, int], _Ends]:
    """Share and interval of every paid pair (generation, track), as parts of one."""
    return {
        (found.generation, share.track): (
            share.share_ppb / engine.PPB,
            share.low_ppb / engine.PPB,
            share.high_ppb / engine.PPB,
        )
        for found in run.generations
        for share in found.shares
    }


def _share(shares: Mapping[tuple[int, int], _Ends], key: tuple[int, int]) -> float:
    return shares.get(key, (0.0, 0.0, 0.0))[0]


def _in_range(
    alone: Sequence[Mapping[tuple[int, int], _Ends]], key: tuple[int, int], truth: float
) -> tuple[bool, float]:
    """Whether the range of the members' own shares holds the truth, and how wide it is."""
    own = [_share(shares, key) for shares in alone]
    return min(own) <= truth <= max(own), max(own) - min(own)


def exchangeability(
    half: Half, members: Sequence[Member], segment_track: IntArray
) -> Exchangeability:
    """Compare what left-out tracks and controls score with pieces that copy neither."""
    kept = [place for place, piece in enumerate(half.pieces) if piece.kind in (GENERATED, *EARNING)]
    z = attributed(half, members, segment_track).z[kept]
    out, control = (
        z[:, half.roles == role].T for role in (engine.Role.TEST, engine.Role.CALIBRATION)
    )  # (tracks, pieces)
    random = np.random.default_rng(0)
    areas = [_area(_resampled(out, random), _resampled(control, random)) for _ in range(RESAMPLES)]
    both, mixed = np.concatenate([out, control]), []
    for _ in range(RESAMPLES):
        order = random.permutation(len(both))
        mixed.append(_distance(both[order[: len(out)]], both[order[len(out) :]]))
    low, high = np.quantile(areas, [0.025, 0.975])
    return Exchangeability(
        half=half.number,
        area=_area(out, control),
        low=float(low),
        high=float(high),
        distance=_distance(out, control),
        by_chance=float(np.quantile(mixed, 0.95)),
    )


def _resampled(tracks: Floats, random: np.random.Generator) -> Floats:
    drawn: Floats = tracks[random.integers(0, len(tracks), len(tracks))]
    return drawn


def _area(out: Floats, control: Floats) -> float:
    """The area under the ROC curve of telling left-out tracks from controls, over all pieces."""
    below = np.searchsorted(np.sort(control, axis=None), out.ravel())
    return float(below.mean() / control.size)


def _distance(out: Floats, control: Floats) -> float:
    """The largest difference between the two empirical distribution functions."""
    at = np.concatenate([out.ravel(), control.ravel()])
    parts = [
        np.searchsorted(np.sort(values, axis=None), at, side="right") / values.size
        for values in (out, control)
    ]
    return float(np.abs(parts[0] - parts[1]).max())
