"""What attribution returns, and how its input is described. Plain values."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from attribution.engine.errors import BadScores
from attribution.engine.shares.quality import Quality
from attribution.engine.task import FloatArray, IntArray

PPB = 1_000_000_000
Float64Array = NDArray[np.float64]

MIN_CALIBRATION_TRACKS = 8  # below, a median deviation is too loose to gate money


class Role(IntEnum):
    """What a track is to the model."""

    TRAINED = 0
    CALIBRATION = 1  # never trained on; makes the null
    TEST = 2  # never trained on, never in the null; measures false payment


@dataclass(frozen=True)
class Evidence:
    """Two pieces of music to listen to: a query segment and the training segment it scores with."""

    query: int  # row of the score matrix
    segment: int  # column of the score matrix
    score: float  # standardised, mean over members


@dataclass(frozen=True)
class TrackShare:
    """What one track earns of one generation."""

    track: int
    share_ppb: int
    low_ppb: int
    high_ppb: int
    z: float  # standard score against the null
    excess: float  # standardised influence above the null's mean
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class GenerationAttribution:
    """Shares of one generation; with `unattributed_ppb` they add up to 10⁹ exactly."""

    generation: int
    shares: tuple[TrackShare, ...]  # largest first
    unattributed_ppb: int
    model_interval: bool  # False: one member, so low and high say nothing

    def __post_init__(self) -> None:
        total = sum(share.share_ppb for share in self.shares) + self.unattributed_ppb
        assert total == PPB, f"shares of generation {self.generation} sum to {total} ppb"


@dataclass(frozen=True)
class AttributionRun:
    """All generations of one run, ascending, and the run's quality.

    `z` holds the standard score of *every* track, controls included, for every generation: what
    was not paid can be audited too.
    """

    generations: tuple[GenerationAttribution, ...]
    quality: Quality
    z: Float64Array = field(compare=False, repr=False)  # (G, n_tracks)


@dataclass(frozen=True)
class Design:
    """Which query belongs to which generation and which segment to which track, checked."""

    generations: IntArray  # (G,) ascending ids
    query_generation: IntArray  # (q,) place in `generations`
    segment_track: IntArray  # (n,) track
    track_role: IntArray  # (n_tracks,)
    track_segments: IntArray  # (n_tracks,) number of segments
    probes: frozenset[int]  # generation ids left out of null and quality
    companions: frozenset[int]  # generation ids that make the null and are not judged

    def tracks(self, *roles: Role) -> IntArray:
        """Return the tracks of these roles that have segments, ascending."""
        chosen = np.isin(self.track_role, roles) & (self.track_segments > 0)
        return np.flatnonzero(chosen)

    @property
    def attributed(self) -> NDArray[np.bool_]:
        """Generations that are attributed, (G,)."""
        return ~np.isin(self.generations, list(self.companions))

    @property
    def pooled(self) -> NDArray[np.bool_]:
        """Generations that inform the quality figures, (G,)."""
        return self.attributed & ~np.isin(self.generations, list(self.probes))

    @property
    def null_makers(self) -> NDArray[np.bool_]:
        """Generations that tell what chance scores, (G,)."""
        return ~self.attributed if self.companions else self.pooled


def describe(
    scores: FloatArray,
    query_generation: IntArray,
    segment_track: IntArray,
    track_role: IntArray,
    probes: Collection[int],
    companions: Collection[int] = (),
) -> Design:
    """Check that scores (members, q, n) fit their description. Raises BadScores saying what not."""
    if scores.ndim != 3 or 0 in scores.shape:
        raise BadScores(f"Scores need the shape (members, queries, segments), not {scores.shape}.")
    _, n_queries, n_segments = scores.shape
    if query_generation.shape != (n_queries,) or segment_track.shape != (n_segments,):
        raise BadScores(
            f"Scores are for {n_queries} queries and {n_segments} segments, but query_generation "
            f"has the shape {query_generation.shape} and segment_track {segment_track.shape}."
        )
    if segment_track.min() < 0 or segment_track.max() >= len(track_role):
        raise BadScores(f"segment_track names a track outside 0 .. {len(track_role) - 1}.")
    _refuse_non_finite(scores)
    generations, places = np.unique(query_generation, return_inverse=True)
    counts = np.bincount(segment_track, minlength=len(track_role))
    design = Design(
        generations,
        places,
        segment_track,
        track_role,
        counts,
        probes=frozenset(int(p) for p in probes),
        companions=frozenset(int(p) for p in companions),
    )
    _require_tracks(design)
    return design


def checked_norms(
    track_norms: FloatArray | None, scores: FloatArray, design: Design
) -> Float64Array | None:
    """Return the norms if they fit the scores. Raises BadScores saying what does not."""
    if track_norms is None:
        return None
    expected = (len(scores), len(design.track_role))
    if track_norms.shape != expected:
        raise BadScores(
            f"track_norms needs the shape (members, n_tracks) = {expected}, "
            f"not {track_norms.shape}."
        )
    present = track_norms[:, design.track_segments > 0]
    if not (np.isfinite(present).all() and (present > 0).all()):
        raise BadScores(
            "A track with segments has a feature norm of 0 or none at all: capture it again."
        )
    return track_norms.astype(np.float64)


def _refuse_non_finite(scores: FloatArray) -> None:
    good = np.isfinite(scores).all((0, 2))
    if not good.all():
        query = int(np.flatnonzero(~good)[0])
        raise BadScores(f"The scores of query {query} are not all finite; capture it again.")


def _require_tracks(design: Design) -> None:
    if unknown := set(design.track_role.tolist()) - set(Role):
        raise BadScores(f"track_role holds {sorted(unknown)}; use the values of Role.")
    calibration = len(design.tracks(Role.CALIBRATION))
    if calibration < MIN_CALIBRATION_TRACKS:
        raise BadScores(
            f"{calibration} calibration tracks are too few to say what chance scores: keep at "
            f"least {MIN_CALIBRATION_TRACKS} tracks out of training for it."
        )
    if not len(design.tracks(Role.TRAINED)):
        raise BadScores("No track is trained, so nothing can be attributed.")
    if not design.pooled.any():
        raise BadScores("Every generation is a probe or a companion; at least one must be neither.")
