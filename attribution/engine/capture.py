"""Fills a store with the rows of one featuriser, shard by shard.

Idempotent and resumable: a shard that is finished (by its sha256) is never computed again, so the
same call after a crash, or delivered twice by a queue, does only what is left. Any number of
processes may fill one store; give each other shards, and nobody works twice.

The bytes of a shard depend on nothing but the featuriser and the shard: batches begin anew with
each shard and never span two. So it does not matter which process computes it, after what, or how
often it was killed, as long as every process runs the same version of torch on the same kind of
processor with the same number of threads (one is best); elsewhere sums may be taken in another
order, and last digits differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attribution.engine.batching import require_memory
from attribution.engine.featuriser import Featuriser
from attribution.engine.store.feature_store import FeatureStore
from attribution.engine.task import IntArray, OnProgress

CHECKED = 3


@dataclass(frozen=True)
class Captured:
    """What one call of `capture` did."""

    written: tuple[int, ...]  # shards
    skipped: tuple[int, ...]  # shards that were finished before


def probes(n_segments: int) -> IntArray:
    """Return the few segments, spread over all, on which gradients are checked."""
    return np.unique(np.linspace(0, n_segments - 1, CHECKED).astype(np.int64))


class Capturer:
    """One featuriser at work on one store."""

    def __init__(self, featuriser: Featuriser, store: FeatureStore) -> None:
        """Find out what would stop the work before it starts.

        Whoever starts on a member checks its gradients. Raises ForeignStore when the featuriser is
        not the one that the store is made with, NotEnoughMemory when the store's batches do not
        fit here, and IncompleteGradients when hooks and autograd disagree.
        """
        self._featuriser = featuriser
        self._store = store
        self._fingerprint = store.require(featuriser)
        require_memory(featuriser, range(store.n_segments))
        if len(store.missing_shards(featuriser.member)) == store.n_shards:
            featuriser.self_check(probes(store.n_segments))

    def capture(self, shard: int) -> bool:
        """Compute and store a shard, and return whether that was still to be done.

        Raises BadGradients for a segment whose gradient is not finite, StoreError for a shard out
        of range.
        """
        member = self._featuriser.member
        start, stop = self._store.description.shard_range(shard)
        if self._store.is_finished(member, shard):
            return False
        rows = self._featuriser.features(np.arange(start, stop))
        self._store.write(member, shard, rows, self._fingerprint)
        return True


def capture(
    featuriser: Featuriser,
    store: FeatureStore,
    shards: Sequence[int] | None = None,
    *,
    on_progress: OnProgress | None = None,
) -> Captured:
    """Compute and store the rows of these shards (all by default) of the featuriser's member.

    `on_progress` is told (segments done, segments in all) after each shard. Raises ForeignStore
    when the featuriser is not the one that the store is made with, NotEnoughMemory and
    IncompleteGradients before it starts, BadGradients for a segment whose gradient is not finite
    (finished shards stay), StoreError for a shard out of range.
    """
    capturer = Capturer(featuriser, store)
    wanted = range(store.n_shards) if shards is None else shards
    ranges = {shard: store.description.shard_range(shard) for shard in wanted}
    total = sum(stop - start for start, stop in ranges.values())
    written: list[int] = []
    skipped: list[int] = []
    done = 0
    for shard, (start, stop) in ranges.items():
        done_now = written if capturer.capture(shard) else skipped
        done_now.append(shard)
        done += stop - start
        if on_progress is not None:
            on_progress(done, total)
    return Captured(tuple(written), tuple(skipped))
