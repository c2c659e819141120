"""Sums by track: of scores while they are scanned, and of the rows themselves."""

from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from attribution.engine.errors import StoreError
from attribution.engine.scan.exact import Queries, blocks, require_queries, scan
from attribution.engine.store.codes import Encoded, decode
from attribution.engine.store.feature_store import FeatureStore
from attribution.engine.task import FloatArray, IntArray

Float64Array: TypeAlias = NDArray[np.float64]

_SUMS_BYTES = 1 << 28  # of track sums in memory at a time


def track_scores(
    store: FeatureStore,
    queries: Queries,
    segment_track: IntArray,
    n_tracks: int,
    *,
    digits: int = 1,
) -> Float64Array:
    """Return the influence of whole tracks on every query, (members, q, n_tracks).

    `segment_track` (n_segments,) names the track of each segment. The sums of `exact_scan` in
    float64, without ever holding the scores: of a million segments and a thousand queries these
    take 4 GB a member, their sums over tracks of five segments 1.6 GB. A score is linear in the
    query, so a generation of many windows needs one query only: the sum of its windows' rows, each
    over the spread that standardises it. Raises StoreError as `scan` does.
    """
    if len(segment_track) != store.n_segments:
        raise StoreError(
            f"segment_track names the track of {len(segment_track)} segments; the store has "
            f"{store.n_segments}."
        )
    n_queries = require_queries(store, queries)
    totals = np.zeros((len(store.members), n_queries, n_tracks))
    for block in scan(store, queries, digits=digits):
        tracks, sums = _grouped(block.scores, segment_track[block.segments], axis=1)
        totals[block.member][:, tracks] += sums
    return totals


def track_norms(store: FeatureStore, segment_track: IntArray, n_tracks: int) -> FloatArray:
    """Return the norm of each track's summed feature rows, (members, n_tracks).

    Whitened features have about the same variance in every direction, so the inner product of a
    query with an *unrelated* track spreads in proportion to this norm: what chance can do, known
    without looking at any query. 0 for a track without segments.
    """
    norms = np.zeros((len(store.members), n_tracks), dtype=np.float32)
    at_once = max(1, _SUMS_BYTES // (8 * store.config.dimension))
    order = np.argsort(segment_track, kind="stable")  # by track, segments ascending
    edges = np.searchsorted(segment_track[order], np.arange(0, n_tracks + at_once, at_once))
    for place, member in enumerate(store.members):
        for start, stop in pairwise(edges):
            segments = np.sort(order[start:stop])
            sums = _summed_rows(store, member, segments, segment_track[segments])
            for track, summed in sums.items():
                norms[place, track] = np.linalg.norm(summed)
    return norms


def _summed_rows(
    store: FeatureStore, member: str, segments: IntArray, track: IntArray
) -> dict[int, Float64Array]:
    """Return the summed rows of each track that these segments belong to."""
    sums: dict[int, Float64Array] = {}
    scales = store.scales(member)
    for chosen, codes in blocks(store, member, segments):
        rows = decode(Encoded(codes, scales[chosen]), store.config.dtype)
        here = track[np.searchsorted(segments, chosen)]
        for number, part in zip(*_grouped(rows, here, axis=0), strict=True):
            sums[int(number)] = sums.get(int(number), 0.0) + part
    return sums


def _grouped(values: FloatArray, track: IntArray, *, axis: int) -> tuple[IntArray, Float64Array]:
    """Return (tracks that occur, ascending, sums along an axis of what belongs to each)."""
    if (np.diff(track) < 0).any():
        order = np.argsort(track, kind="stable")
        values, track = np.take(values, order, axis=axis), track[order]
    present, first = np.unique(track, return_index=True)
    sums: Float64Array = np.add.reduceat(values, first, axis=axis, dtype=np.float64)
    return present, sums
