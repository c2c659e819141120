"""Scores from a sealed store: the exact scan that money needs, and cosine look-up for people."""

from collections.abc import Mapping

import faiss
import numpy as np

from attribution.engine.errors import StoreError
from attribution.engine.store.feature_store import FeatureStore
from attribution.engine.task import FloatArray, IntArray


def exact_scan(store: FeatureStore, queries: Mapping[str, FloatArray]) -> FloatArray:
    """Return the influence of every stored segment on every query, (members, q, n_segments).

    `queries` maps each member to the rows (q, dimension) that *its* featuriser made. A score is
    the inner product ⟨query, row⟩ in float32; members come in the order of `store.members`. Rows
    are read through the page cache one shard at a time, so a store may exceed memory; the scores
    may not (q · n · members · 4 bytes). Raises StoreError for a missing member or another shape.
    """
    n_queries = _require_queries(store, queries)
    scores = np.empty((len(store.members), n_queries, store.n_segments), dtype=np.float32)
    for place, member in enumerate(store.members):
        for shard in range(store.n_shards):
            start, stop = store.description.shard_range(shard)
            np.matmul(
                queries[member],
                store.shard_rows(member, shard).T,
                out=scores[place, :, start:stop],
            )
    return scores


def track_norms(store: FeatureStore, segment_track: IntArray, n_tracks: int) -> FloatArray:
    """Return the norm of each track's summed feature rows, (members, n_tracks).

    Whitened features have about the same variance in every direction, so the inner product of a
    query with an *unrelated* track spreads in proportion to this norm: what chance can do, known
    without looking at any query. 0 for a track without segments.
    """
    norms = np.zeros((len(store.members), n_tracks), dtype=np.float32)
    for place, member in enumerate(store.members):
        sums = np.zeros((n_tracks, store.config.dimension), dtype=np.float64)
        for shard in range(store.n_shards):
            start, stop = store.description.shard_range(shard)
            tracks = segment_track[start:stop]
            order = np.argsort(tracks, kind="stable")
            present, first = np.unique(tracks[order], return_index=True)
            rows = store.shard_rows(member, shard)[order].astype(np.float64)
            sums[present] += np.add.reduceat(rows, first, axis=0)
        norms[place] = np.linalg.norm(sums, axis=1)
    return norms


class LookUp:
    """Nearest stored segments by cosine, averaged over members: "what is this like".

    Good for showing similar works and for candidates. Never pay by it: a cosine forgets how much
    influence there was.
    """

    def __init__(self, store: FeatureStore) -> None:
        """Build the index in memory: 2 bytes a number, exact order up to float16 rounding."""
        width = len(store.members) * store.config.dimension
        self._store = store
        self._index = faiss.IndexScalarQuantizer(
            width, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        for shard in range(store.n_shards):
            rows = {member: store.shard_rows(member, shard) for member in store.members}
            self._index.add(self._joined(rows))

    def nearest(self, queries: Mapping[str, FloatArray], top: int) -> tuple[FloatArray, IntArray]:
        """Return cosines and segments of the `top` nearest, (q, top) each, best first.

        `top` is cut to the number of segments. Raises StoreError as `exact_scan` does.
        """
        _require_queries(self._store, queries)
        count = min(top, self._store.n_segments)
        cosines, segments = self._index.search(self._joined(queries), count)
        return cosines, segments.astype(np.int64)

    def _joined(self, rows: Mapping[str, FloatArray]) -> FloatArray:
        """Return unit rows of all members side by side, so that inner products are mean cosines."""
        parts = [_unit(rows[member]) for member in self._store.members]
        joined = np.concatenate(parts, axis=1) / np.sqrt(np.float32(len(parts)))
        return np.ascontiguousarray(joined, dtype=np.float32)


def _unit(rows: FloatArray) -> FloatArray:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: FloatArray = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)
    return unit


def _require_queries(store: FeatureStore, queries: Mapping[str, FloatArray]) -> int:
    missing = [member for member in store.members if member not in queries]
    if missing:
        raise StoreError(f"Queries for members {', '.join(missing)} are missing.")
    shapes = {queries[member].shape for member in store.members}
    if len(shapes) != 1 or len(next(iter(shapes))) != 2:
        raise StoreError(f"Queries need one shape (q, dimension) for all members, not {shapes}.")
    n_queries, dimension = shapes.pop()
    if dimension != store.config.dimension:
        raise StoreError(
            f"Queries have {dimension} numbers a row and the store {store.config.dimension}: make "
            "them with the store's configuration."
        )
    return int(n_queries)
