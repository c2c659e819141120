"""Ours, as it is deployed: whitened, projected, stored, scanned, by the engine's facade alone."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from attribution.engine import (
    CaptureConfig,
    Curvature,
    FeatureStore,
    Featuriser,
    FloatArray,
    capture,
    estimate_curvature,
    exact_scan,
    gram_queries,
)
from attribution.reference.training import one_thread
from benchmarks.fidelity.methods.base import Member, Method, Scores

GRAM_DAMPINGS = (0.01, 0.1, 1.0, 10.0)
_BYTES = {"float32": 4.0, "float16": 2.0, "int8": 1.0, "sign": 1 / 8}


class Engine(Method):
    """Curvature → featuriser → store on disk → exact scan; dampings as given, or the default."""

    needs = ("curvature",)

    def __init__(self, name: str, *, dampings: Sequence[float] = (), **changes: object) -> None:
        self.name = name
        self.config = CaptureConfig(**changes)  # type: ignore[arg-type]
        self.dampings = dampings or (self.config.damping,)
        self.number_bytes = _BYTES[self.config.dtype]

    def row_numbers(self, member: Member) -> int:
        """The row's length."""
        return self.config.dimension

    def scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield one damping after the other."""
        for damping in self.dampings:
            yield f"damping {damping:g}", _scores(member, replace(self.config, damping=damping))


class EngineGram(Method):
    """The engine as TRAK: a plain sketch, and the Gram matrix of the stored rows as curvature."""

    def __init__(self, name: str, **changes: object) -> None:
        self.name = name
        self.config = CaptureConfig(curvature="none", **changes)  # type: ignore[arg-type]
        self.number_bytes = _BYTES[self.config.dtype]

    def row_numbers(self, member: Member) -> int:
        """The row's length."""
        return self.config.dimension

    def scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield one damping after the other, from one store."""
        with _stored(member, self.config) as (store, queries):
            for damping in GRAM_DAMPINGS:
                solved = gram_queries(store, queries, damping=damping)
                yield f"damping {damping:g}", exact_scan(store, solved)[0]


def _scores(member: Member, config: CaptureConfig) -> Scores:
    with _stored(member, config) as (store, queries):
        (scores,) = exact_scan(store, queries)
        return np.asarray(scores)


def _curvature(member: Member, config: CaptureConfig) -> Curvature | None:
    """The one that is shared, or one of this configuration's own."""
    if config.curvature == "kronecker":
        return member.curvature
    if config.curvature == "none":
        return None
    with one_thread():
        every = range(member.n_segments)
        return estimate_curvature(member.model, member.segment_task, every, config)


@contextmanager
def _stored(
    member: Member, config: CaptureConfig
) -> Iterator[tuple[FeatureStore, dict[str, FloatArray]]]:
    curvature = _curvature(member, config)
    featuriser = Featuriser(
        member.model, member.segment_task, config, curvature, member=member.name
    )
    with tempfile.TemporaryDirectory() as folder, one_thread():
        store = FeatureStore.create(
            folder, config, members=[member.name], n_segments=member.n_segments, identity={}
        )
        capture(featuriser, store)
        store.seal()
        rows = featuriser.with_task(member.query_task).features(range(len(member.queries)))
        yield store, {member.name: rows}
