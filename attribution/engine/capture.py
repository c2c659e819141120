"""Fills a store with the rows of one featuriser, shard by shard.

Idempotent and resumable: a shard that is finished (by its sha256) is never computed again, so the
same call after a crash, or delivered twice by a queue, does only what is left. Any number of
processes may fill one store; give each other shards, and nobody works twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attribution.engine.featuriser import Featuriser
from attribution.engine.store.feature_store import FeatureStore
from attribution.engine.task import OnProgress


@dataclass(frozen=True)
class Captured:
    """What one call of `capture` did."""

    written: tuple[int, ...]  # shards
    skipped: tuple[int, ...]  # shards that were finished before


def capture(
    featuriser: Featuriser,
    store: FeatureStore,
    shards: Sequence[int] | None = None,
    *,
    on_progress: OnProgress | None = None,
) -> Captured:
    """Compute and store the rows of these shards (all by default) of the featuriser's member.

    `on_progress` is told (segments done, segments in all) after each shard. Raises ForeignStore
    when the featuriser is not the one that the store is made with, BadGradients for a segment
    whose gradient is not finite (finished shards stay), StoreError for a shard out of range.
    """
    fingerprint = store.require(featuriser)
    wanted = range(store.n_shards) if shards is None else shards
    ranges = {shard: store.description.shard_range(shard) for shard in wanted}
    total = sum(stop - start for start, stop in ranges.values())
    written, skipped, done = [], [], 0
    for shard, (start, stop) in ranges.items():
        if store.is_finished(featuriser.member, shard):
            skipped.append(shard)
        else:
            rows = featuriser.features(np.arange(start, stop))
            store.write(featuriser.member, shard, rows, fingerprint)
            written.append(shard)
        done += stop - start
        if on_progress is not None:
            on_progress(done, total)
    return Captured(tuple(written), tuple(skipped))
