"""Whether the best tracks of a piece have something in common, read from the stored rows."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from attribution.engine.shares.results import Float64Array
from attribution.engine.store.feature_store import FeatureStore
from attribution.engine.task import IntArray

# From groups of tracks (groups, k) to the mean cosine of two tracks of each group, (groups,).
Likeness: TypeAlias = Callable[[IntArray], Float64Array]


def track_likeness(store: FeatureStore, segment_track: IntArray) -> Likeness:
    """Return the function that tells how alike the summed rows of grouped tracks are.

    Cosines are averaged over members. Only the rows of the tracks that are asked for are read and
    held: tracks · dimension · 8 bytes for one member at a time.
    """

    def likeness(groups: IntArray) -> Float64Array:
        tracks, places = np.unique(groups, return_inverse=True)
        places = places.reshape(groups.shape)
        each = [
            _mean_cosines(_track_rows(store, member, segment_track, tracks)[places])
            for member in store.members
        ]
        mean: Float64Array = np.mean(each, axis=0)
        return mean

    return likeness


def _mean_cosines(rows: Float64Array) -> Float64Array:
    """Return the mean cosine of two rows of each group, (groups,), for rows (groups, k, d)."""
    norms = np.linalg.norm(rows, axis=2, keepdims=True)
    unit = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)
    k = rows.shape[1]
    mean: Float64Array = (np.square(unit.sum(1)).sum(1) - k) / (k * (k - 1))
    return mean


def _track_rows(
    store: FeatureStore, member: str, segment_track: IntArray, tracks: IntArray
) -> Float64Array:
    """Return the summed rows of these tracks (ascending), (tracks, dimension)."""
    sums = np.zeros((len(tracks), store.config.dimension))
    for shard in range(store.n_shards):
        start, stop = store.description.shard_range(shard)
        wanted = np.flatnonzero(np.isin(segment_track[start:stop], tracks))
        if len(wanted):
            places = np.searchsorted(tracks, segment_track[start:stop][wanted])
            np.add.at(sums, places, store.shard_rows(member, shard)[wanted])
    return sums
