"""Artist-centric: uses count more where music is established, and one subscriber only so often."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from royalty.apportionment.arrays import (
    INT64_MAX,
    IntArray,
    group_sums,
    offsets,
    row_groups,
    sum_at,
)
from royalty.apportionment.largest_remainder import split_groups
from royalty.apportionment.models.axioms import ALWAYS, Axiom
from royalty.apportionment.models.base import (
    AllocationModel,
    PieceRevenue,
    explain_by_weight,
    pairs_by_subscriber,
    revenue_by_weight,
)
from royalty.apportionment.models.parameters import Parameter
from royalty.apportionment.rules import Rules
from royalty.apportionment.snapshot import WHOLE_PPB, Snapshot, SnapshotError
from royalty.apportionment.steps import Step

_MOST = 10**9
_PAIRS_AT_ONCE = 1_000_000


class ArtistCentric(AllocationModel):
    """r_g = pool · W_g / Σ W, W_g = m_g · Σ_t a_{g,t} · w_t, with the unattributed part at w = 1.

    m_g are the uses of g after each subscriber's are scaled down to at most `subscriber_cap`
    together (largest remainder over the pieces used). w_t is `boost_factor` for a track that is
    established: Σ_g m_g · a_{g,t} ≥ `boost_uses`, by at least `boost_subscribers` subscribers who
    used a piece that it shaped; otherwise 1. Inside a piece, tracks share by a_{g,t} · w_t.

    A generated piece has no artist, so weights work on the tracks that shaped it, each by itself.

    Source: Deezer's artist-centric payment system (artist remuneration page, 2023, with Universal
    Music): double for 1,000 streams a month by 500 listeners, a subscriber counts 1,000 streams.
    Not here: the boost for music that was searched for, and the removal of noise; usage does not
    say how a piece was found, and what is noise is decided before it is reported.
    """

    name = "artist_centric"
    parameters = (
        Parameter(
            "boost_factor",
            "how many times a use of an established track counts",
            low=1,
            high=100,
            customary=2,
        ),
        Parameter(
            "boost_uses",
            "the uses of a period from which a track is established",
            low=1,
            high=_MOST,
            customary=1_000,
        ),
        Parameter(
            "boost_subscribers",
            "the subscribers from which a track is established",
            low=1,
            high=_MOST,
            customary=500,
        ),
        Parameter(
            "subscriber_cap",
            "the uses that one subscriber counts at most",
            low=1,
            high=_MOST,
            customary=1_000,
        ),
    )
    axioms = ALWAYS | {Axiom.ADDITIVITY, Axiom.NO_USE_NO_PAY}

    def sentence(self, parameters: Mapping[str, int]) -> str:
        """See AllocationModel."""
        return (
            f"Every use counts the same, of one subscriber at most {parameters['subscriber_cap']:,}"
            f" together, and {parameters['boost_factor']} times for tracks that reach"
            f" {parameters['boost_uses']:,} uses by {parameters['boost_subscribers']:,}"
            " subscribers."
        )

    def track_factor(self, snapshot: Snapshot) -> IntArray:
        """boost_factor where the track is established, otherwise 1.  (T,)"""
        return _weighing(snapshot)[0]

    def piece_revenue(self, snapshot: Snapshot, pool_atoms: int, rules: Rules) -> PieceRevenue:
        """See AllocationModel; raises SnapshotError if the weights do not fit 63 bits."""
        track_factor, piece_weights = _weighing(snapshot)
        revenue = revenue_by_weight(pool_atoms, piece_weights)
        return PieceRevenue(revenue.atoms, revenue.idle_atoms, track_factor=track_factor)

    def explain_piece(
        self, snapshot: Snapshot, pool_atoms: int, rules: Rules, generation: int
    ) -> tuple[Step, ...]:
        """See AllocationModel: pool → piece by boosted uses."""
        weights = _weighing(snapshot)[1]
        return explain_by_weight(snapshot, pool_atoms, weights, generation, "boosted uses")


@lru_cache(maxsize=4)
def _weighing(snapshot: Snapshot) -> tuple[IntArray, IntArray]:
    """(w_t (T,), m_g · Σ_t a_{g,t} · w_t in ppb (G,)), kept for the lines of a few runs."""
    stated = dict(snapshot.parameters)
    counted = _capped_uses(snapshot, stated["subscriber_cap"])
    _refuse_overflow(int(counted.sum()), stated["boost_factor"])
    by_piece = sum_at(snapshot.usage_generation, counted, len(snapshot.generation_ids))
    piece = row_groups(snapshot.share_indptr)
    uses_ppb = sum_at(
        snapshot.share_track, by_piece[piece] * snapshot.share_ppb, len(snapshot.track_ids)
    )
    established = (uses_ppb >= stated["boost_uses"] * WHOLE_PPB) & (
        _subscribers(snapshot) >= stated["boost_subscribers"]
    )
    factor = np.where(established, stated["boost_factor"], 1).astype(np.int64)
    extra_ppb = snapshot.share_ppb * (factor[snapshot.share_track] - 1)
    return factor, by_piece * (WHOLE_PPB + group_sums(extra_ppb, snapshot.share_indptr))


def _capped_uses(snapshot: Snapshot, cap: int) -> IntArray:
    """The uses of each pair after a subscriber's are scaled down to the cap.  (n_pairs,)"""
    indptr = pairs_by_subscriber(snapshot)
    counted = np.minimum(group_sums(snapshot.usage_count, indptr), cap)
    return split_groups(counted, snapshot.usage_count, indptr)


def _subscribers(snapshot: Snapshot) -> IntArray:
    """How many subscribers used a piece that each track shaped.  (T,)

    Some subscribers at a time, since pairs × shares of a whole month need not fit in memory.
    """
    n_tracks = len(snapshot.track_ids)
    indptr = pairs_by_subscriber(snapshot)
    reached = np.zeros(n_tracks, np.int64)
    first = 0
    while first < len(indptr) - 1:
        beyond = int(np.searchsorted(indptr, indptr[first] + _PAIRS_AT_ONCE, side="right")) - 1
        last = max(beyond, first + 1)
        pairs = slice(int(indptr[first]), int(indptr[last]))
        user, track = _heard(snapshot, pairs)
        heard = np.sort((user - first) * n_tracks + track)  # np.unique is many times slower
        distinct = heard[np.append(True, heard[1:] != heard[:-1])[: len(heard)]]
        reached += np.bincount(distinct % n_tracks, minlength=n_tracks)
        first = last
    return reached


def _heard(snapshot: Snapshot, pairs: slice) -> tuple[IntArray, IntArray]:
    """(subscriber, track) for each track that shaped the piece of each pair, repeats included."""
    piece = snapshot.usage_generation[pairs]
    starts, sizes = snapshot.share_indptr[piece], np.diff(snapshot.share_indptr)[piece]
    ends = offsets(sizes)
    rows = np.arange(int(ends[-1])) + np.repeat(starts - ends[:-1], sizes)
    shaped = snapshot.share_ppb[rows] > 0
    user = np.repeat(snapshot.usage_subscriber[pairs], sizes)
    return user[shaped], snapshot.share_track[rows[shaped]]


def _refuse_overflow(uses: int, factor: int) -> None:
    if uses * factor * WHOLE_PPB > INT64_MAX:
        raise SnapshotError(
            f"{uses:,} counted uses with a boost of {factor} do not fit the 63 bits in which shares"
            " of uses are added; agree a lower subscriber_cap."
        )
