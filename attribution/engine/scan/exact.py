"""The exact scan: every stored row meets every query, in blocks that fit the processor's cache.

Owns what a score is: ⟨query, code⟩ · scale. It must not know tracks or shares.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple, TypeAlias

import numpy as np
import torch

from attribution.engine.errors import StoreError
from attribution.engine.scan.products import Quantised, integer_scores, quantise
from attribution.engine.store.codes import Codes
from attribution.engine.store.feature_store import FeatureStore
from attribution.engine.task import FloatArray, IntArray

Queries: TypeAlias = Mapping[str, FloatArray]  # member → (q, dimension)

BLOCK_ROWS = 256  # 8 MiB of unpacked signs at 32,768 a row


class ScoreBlock(NamedTuple):
    """Scores of all queries against some segments, under one member."""

    member: int  # place in `store.members`
    segments: IntArray  # (n,) ascending
    scores: FloatArray  # (q, n)


def scan(
    store: FeatureStore,
    queries: Queries,
    *,
    segments: IntArray | None = None,
    digits: int = 1,
) -> Iterator[ScoreBlock]:
    """Yield the influence of stored segments on every query, block by block.

    `queries` maps each member to the rows (q, dimension) that *its* featuriser made. Blocks come
    member by member in the order of `store.members`, segments ascending; only one is in memory, and
    rows are mapped, so neither the store nor all scores need to fit. `segments`, ascending, limits
    the scan to these; all by default.

    Rows of float32 and float16 meet the queries in float32. Rows of int8 and signs meet queries
    that are rounded to `digits` (1 or 2) of 8 bits, in whole numbers, so their scores are the same
    bits on every machine (see `products`). One digit is off by about 1 % of the scores' spread,
    which adds less than a thousandth to the variance that the sketch has; two are off by 0.004 %
    and take twice as long. `torch.set_num_threads` says how many threads work.

    Raises StoreError for a missing member, another shape, or segments that the store does not have.
    """
    require_queries(store, queries)
    wanted = None if segments is None else _checked(segments, store.n_segments)
    for place, member in enumerate(store.members):
        score = scorer(store, queries[member], digits)
        scales = store.scales(member)
        for chosen, codes in blocks(store, member, wanted):
            yield ScoreBlock(place, chosen, score(codes, scales[chosen]))


def exact_scan(
    store: FeatureStore,
    queries: Queries,
    *,
    segments: IntArray | None = None,
    digits: int = 1,
) -> FloatArray:
    """Return what `scan` yields as one matrix, (members, q, n); columns follow `segments`.

    It must fit memory: members · q · n · 4 bytes. Raises StoreError as `scan` does.
    """
    count = store.n_segments if segments is None else len(segments)
    n_queries = require_queries(store, queries)
    scores = np.empty((len(store.members), n_queries, count), dtype=np.float32)
    for block in scan(store, queries, segments=segments, digits=digits):
        first = int(block.segments[0])
        start = first if segments is None else int(np.searchsorted(segments, first))
        scores[block.member, :, start : start + len(block.segments)] = block.scores
    return scores


def require_queries(store: FeatureStore, queries: Queries) -> int:
    """Return the number of queries. Raises StoreError if they do not fit the store."""
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
    for member in store.members:
        if not np.isfinite(queries[member]).all():
            bad = int(np.flatnonzero(~np.isfinite(queries[member]).all(1))[0])
            raise StoreError(
                f"Query {bad} of member {member!r} holds numbers that are not finite, which would "
                "score as nonsense: make its features again."
            )
    return int(n_queries)


def _checked(segments: IntArray, n_segments: int) -> IntArray:
    outside = segments[(segments < 0) | (segments >= n_segments)]
    if len(outside):
        raise StoreError(f"There is no segment {outside[0]}: this store has {n_segments}.")
    if (np.diff(segments) <= 0).any():
        raise StoreError("The segments to scan must ascend, each given once; sort them first.")
    return segments


def blocks(
    store: FeatureStore, member: str, wanted: IntArray | None
) -> Iterator[tuple[IntArray, Codes]]:
    """Yield (segments, their codes) of a member, at most `BLOCK_ROWS` of one shard at a time."""
    for shard in range(store.n_shards):
        start, stop = store.description.shard_range(shard)
        if wanted is None:
            here = np.arange(start, stop)
        else:
            here = wanted[np.searchsorted(wanted, start) : np.searchsorted(wanted, stop)]
        if not len(here):
            continue
        codes = store.rows(member, shard)
        for at in range(0, len(here), BLOCK_ROWS):
            chosen = here[at : at + BLOCK_ROWS]
            yield chosen, codes[chosen - start]


def scorer(
    store: FeatureStore, queries: FloatArray, digits: int
) -> Callable[[Codes, FloatArray], FloatArray]:
    """Return the function that scores (codes, scales) of rows, (q, n), for the store's dtype."""
    match store.config.dtype:
        case "float32" | "float16":
            return partial(_float_scores, torch.from_numpy(np.ascontiguousarray(queries)))
        case "int8":
            return partial(_int8_scores, quantise(queries, digits))
        case "sign":
            return partial(_sign_scores, quantise(queries, digits))


def _float_scores(queries: torch.Tensor, codes: Codes, scales: FloatArray) -> FloatArray:
    rows = torch.from_numpy(codes.astype(np.float32))
    scores: FloatArray = (queries @ rows.T).numpy()
    scores *= scales
    return scores


def _int8_scores(queries: Quantised, codes: Codes, scales: FloatArray) -> FloatArray:
    return integer_scores(queries, codes.view(np.int8), scales)


def _sign_scores(queries: Quantised, codes: Codes, scales: FloatArray) -> FloatArray:
    bits = np.unpackbits(codes.view(np.uint8), axis=1, bitorder="little").view(np.int8)
    return integer_scores(queries, bits, scales, bits=True)
