"""Ours, as it is deployed: whitened, sketched, stored by the engine's default configuration."""

import tempfile
from collections.abc import Iterator

from attribution.engine import CaptureConfig, FeatureStore, Featuriser, capture, exact_scan
from attribution.reference.training import one_thread
from benchmarks.fidelity.methods.base import Member, Method, Scores

_BYTES = {"float16": 2, "float32": 4}


class Engine(Method):
    """Through the facade alone: curvature → featuriser → store on disk → exact scan."""

    needs = ("curvature",)

    def __init__(self, name: str = "ours (engine's default)", **changes: object) -> None:
        self.name = name
        self.config = CaptureConfig(**changes)  # type: ignore[arg-type]
        self.number_bytes = _BYTES[self.config.dtype]

    def row_numbers(self, member: Member) -> int:
        """The sketch's length."""
        return self.config.dimension

    def scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield the one setting."""
        featuriser = Featuriser(
            member.model, member.segment_task, self.config, member.curvature, member=member.name
        )
        with tempfile.TemporaryDirectory() as folder, one_thread():
            store = FeatureStore.create(
                folder,
                self.config,
                members=[member.name],
                n_segments=member.n_segments,
                identity={},
            )
            capture(featuriser, store)
            store.seal()
            rows = featuriser.with_task(member.query_task).features(range(len(member.queries)))
            yield f"damping {self.config.damping:g}", exact_scan(store, {member.name: rows})[0]
