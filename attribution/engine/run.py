"""What is featurised under which checkpoints, as one value: all that a store is made from.

The command line and background workers pass a `Run` around instead of a handful of arguments, and
each process makes its own from the same few names. Owns how a member's featuriser comes about: its
curvature is estimated once, kept in the store, and read from there by whoever comes later, because
rows whitened by different curvatures cannot be compared.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from torch import nn

from attribution.engine.batching import choose_batch_size, refuse_large_rows
from attribution.engine.config import CaptureConfig
from attribution.engine.curvature.estimate import estimate_curvature
from attribution.engine.curvature.factors import Curvature
from attribution.engine.errors import EngineError, ForeignStore, StoreError
from attribution.engine.featuriser import Featuriser
from attribution.engine.memory import memory_of
from attribution.engine.store.feature_store import FeatureStore
from attribution.engine.store.layout import listed
from attribution.engine.store.tracks import SegmentedTrack, TrackTable
from attribution.engine.task import IntArray, OnProgress, Segments, Task


@dataclass(frozen=True, kw_only=True)
class Run:
    """The segments of a training set (or of queries), and the checkpoints that read them.

    models: loads the model of each member of the ensemble, called when its turn comes.
    task: how a batch is made and which output counts.
    n_segments: segments that the task has, numbered from 0.
    identity: what tells this training set and these checkpoints from others, such as their sha256;
        a store made from something else is refused by it. Queries need none.
    curvature_sample: training segments on which curvature is estimated; a few hundred, at random.
    tokens: length of each segment, (n_segments,), if a rate in tokens should be shown.
    tracks: the tracks (or pieces) that segments were cut from, in the order of the segments, where
        a store or features are handed to somebody else.
    content: what a segment is, as bytes that another machine would give as well, such as its
        tokens or samples; features commit to it.
    """

    models: Mapping[str, Callable[[], nn.Module]]
    task: Task
    n_segments: int
    identity: Mapping[str, Any]
    curvature_sample: Segments = ()
    tokens: IntArray | None = None
    tracks: Sequence[SegmentedTrack] = ()
    content: Callable[[int], bytes] | None = None

    def load(self, member: str) -> nn.Module:
        """Return the model of a member. Raises EngineError where the run has none."""
        if member not in self.models:
            raise EngineError(
                f"The run has no model for member {member!r}; it has {listed(sorted(self.models))}."
            )
        return self.models[member]()

    def table(self) -> TrackTable:
        """The tracks of the segments. Raises EngineError where they are another number."""
        table = TrackTable.of(self.tracks)
        if table.n_segments != self.n_segments:
            raise EngineError(
                f"Run.tracks has {table.n_segments} segments and the run {self.n_segments}: name "
                "every track (or piece) with its number of segments, in the order of the segments."
            )
        return table


def create_store(path: str | Path, run: Run, config: CaptureConfig) -> FeatureStore:
    """Make the store of a run, or take up the one that is there if it is the very same.

    `config.batch_size` is the largest that is tried: a new store takes what fits in this machine's
    memory and keeps it, since all its rows must be made alike. Raises EngineError for a run that
    could not be told from another one, NotEnoughMemory where not even one segment fits, and
    ForeignStore saying what differs.
    """
    if not run.identity:
        raise EngineError(
            "The run has no identity, so a training set that changed would go unnoticed: give "
            "Run.identity the sha256 of the training set and of each checkpoint."
        )
    if not (Path(path) / "config.json").exists():
        fitting = replace(config, batch_size=_fitting_batch_size(run, config))
        with suppress(ForeignStore):  # another process made it meanwhile; compared below
            return _create(path, run, fitting)
    kept = FeatureStore.join(path).config.batch_size
    return _create(path, run, replace(config, batch_size=min(kept, config.batch_size)))


def _create(path: str | Path, run: Run, config: CaptureConfig) -> FeatureStore:
    table = run.table() if run.tracks else None
    store = FeatureStore.create(
        path,
        config,
        members=sorted(run.models),
        n_segments=run.n_segments,
        identity={**run.identity, "tracks": table.sha256()} if table else run.identity,
    )
    if table and not store.sealed:
        table.write(store.path)
    return store


def _fitting_batch_size(run: Run, config: CaptureConfig) -> int:
    """Try batches under the first member, without curvature, which is not known yet."""
    member = min(run.models)
    kind = "factored" if config.projection == "principal" else config.projection
    trial = replace(config, curvature="none", projection=kind)
    model = run.load(member)
    refuse_large_rows(trial, memory_of(next(model.parameters()).device))  # before any is drawn
    featuriser = Featuriser(model, run.task, trial, member=member)
    return choose_batch_size(featuriser, range(run.n_segments))


def open_featuriser(
    run: Run, store: FeatureStore, member: str, *, on_progress: OnProgress | None = None
) -> Featuriser:
    """Return the featuriser whose rows belong to a member of this store.

    `on_progress` is told of the estimate of curvature, where none is kept yet. Raises ForeignStore
    when the model is not the one that the store is made with, and NotEnoughMemory where its rows
    are too long for this machine.
    """
    model = run.load(member)
    refuse_large_rows(store.config, memory_of(next(model.parameters()).device))
    curvature = None
    if store.config.curvature != "none":
        curvature = _curvature(run, model, store, member, on_progress)
    featuriser = Featuriser(model, run.task, store.config, curvature, member=member)
    store.require(featuriser)
    return featuriser


def _curvature(
    run: Run, model: nn.Module, store: FeatureStore, member: str, on_progress: OnProgress | None
) -> Curvature:
    kept = store.curvature(member)
    if kept is not None:
        return kept
    if store.sealed:
        raise StoreError(
            f"The store at {store.path} was sealed without the curvature of member {member!r}, so "
            "no rows can be made that belong to it: pass that curvature to a Featuriser yourself."
        )
    estimated = estimate_curvature(
        model, run.task, run.curvature_sample, store.config, on_progress=on_progress
    )
    store.keep_curvature(member, estimated)
    return estimated
