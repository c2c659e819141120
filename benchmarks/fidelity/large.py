"""Do compressed rows say what exact ones do, where there are ten or a hundred thousand segments?

Models cannot be retrained that often, but the exact whitened kernel can still be computed: not
stored, which would take 2 MB a segment, but streamed, each row multiplied with the queries' and
forgotten. Every configuration gets its rows from the same pass, as the engine makes and encodes
them. Owns that stream. One chunk of segments is one small file of scores that appears when it is
complete, named by all that it depends on but our code, so a killed run goes on and a longer one
begins with what a shorter one has made.
"""

import hashlib
import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from attribution.engine import CaptureConfig, Curvature, FloatArray, estimate_curvature
from attribution.engine.gradients.passes import gradient_pass
from attribution.engine.gradients.pieces import Piece
from attribution.engine.gradients.survey import survey
from attribution.engine.projections import projection_for
from attribution.engine.store.codes import decode, encode
from attribution.engine.task import Task
from attribution.reference.arrays import IntArray, Tokens
from attribution.reference.files import write_atomically
from attribution.reference.model import MusicTransformer
from attribution.reference.task import CorpusTask, SequenceTask
from attribution.reference.training import one_thread
from benchmarks.fidelity.large_music import Music
from benchmarks.fidelity.truth import array_bytes
from benchmarks.fidelity.world import GENERATED, HELD_OUT, Queries

CHUNK = 250  # segments whose scores are one file
CURVATURE_SAMPLE = 512
_BATCH = 8
_QUERIES = 16  # of each kind
_PARAMETERS = 486_112  # of the model for which the engine's default row is meant

Scores = NDArray[np.float32]  # (n_queries, n_segments)


def configurations(model: MusicTransformer, *, more: bool) -> dict[str, CaptureConfig]:
    """What is compared with the exact kernel, by name; dimensions in proportion to the model."""
    parameters = sum(parameter.numel() for parameter in model.parameters())
    default = CaptureConfig()

    def scaled(dimension: int) -> int:
        return 16 * max(1, round(dimension * parameters / _PARAMETERS / 16))

    named = {"engine's default": default}
    if more:
        dimension = default.dimension
        named["twice the row"] = replace(default, dimension=2 * dimension)
        named["half the row"] = replace(default, dimension=dimension // 2)
        named["int8"] = replace(default, dimension=dimension // 8, dtype="int8")
        named["float16"] = replace(default, dimension=dimension // 16, dtype="float16")
    return {name: replace(one, dimension=scaled(one.dimension)) for name, one in named.items()}


def asked(queries: Queries) -> list[Tokens]:
    """Some of the reported queries of each kind."""
    kinds = (queries.of_kind(kind, tuning=False) for kind in (GENERATED, HELD_OUT))
    return [queries.sequences[query] for chosen in kinds for query in chosen[:_QUERIES]]


def exact_config(model: MusicTransformer) -> CaptureConfig:
    """A row with room for every parameter, which the factored projection then keeps as it is."""
    parameters = sum(parameter.numel() for parameter in model.parameters())
    return CaptureConfig(dimension=16 * math.ceil(parameters / 16), dtype="float32")


class Rows:
    """Rows of several configurations from one gradient pass, as `Featuriser` makes each alone."""

    def __init__(
        self,
        model: MusicTransformer,
        task: Task,
        configs: Sequence[CaptureConfig],
        curvature: Curvature,
    ) -> None:
        """The configurations may differ in their projections and codes only."""
        self.model, self._task = model, task
        device = next(model.parameters()).device
        self._plan = survey(model, task, configs[0], 0)
        self._projections = [
            projection_for(config, self._plan, curvature, "0", device) for config in configs
        ]

    def of(self, segments: IntArray, task: Task | None = None) -> list[FloatArray]:
        """Return (n, dimension) for each configuration; of another task's segments if given."""
        sums = [projection.empty(len(segments)) for projection in self._projections]
        pairs = list(zip(self._projections, sums, strict=True))

        def receive(name: str, piece: Piece) -> None:
            for projection, total in pairs:
                projection.add(total, name, piece)

        gradient_pass(self.model, task or self._task, segments, self._plan, receive)
        return [projection.close(total).numpy() for projection, total in pairs]


class Kernels:
    """Scores of many segments for a few queries: exact, and by each configuration."""

    def __init__(
        self,
        model: MusicTransformer,
        music: Music,
        queries: Sequence[Tokens],
        configs: Mapping[str, CaptureConfig],
        folder: Path,
    ) -> None:
        self._model, self._music, self._queries, self._folder = model, music, queries, folder
        self.configs = {"exact": exact_config(model), **configs}

    def scores(self, segments: int, say: Callable[[str], None] = print) -> dict[str, Scores]:
        """Return the scores of the first segments by configuration, the exact ones first.

        Raises ValueError for fewer than two segments, which have no order to agree on.
        """
        if segments < 2:
            raise ValueError("Ask for 2 segments or more.")
        self._folder.mkdir(parents=True, exist_ok=True)
        chunks, started, made = [], time.monotonic(), 0
        starts = range(0, segments, CHUNK)
        for number, start in enumerate(starts):
            chosen = np.arange(start, min(start + CHUNK, segments))
            path = self._path(chosen)
            if not path.exists():
                with one_thread():
                    write_atomically(path, array_bytes(self._chunk(chosen)))
                made += 1
                left = (time.monotonic() - started) / made * (len(starts) - number - 1) / 60
                say(f"{chosen[-1] + 1:,} of {segments:,} segments, about {left:.0f} min left")
            chunks.append(np.load(path))
        whole = np.concatenate(chunks, axis=2)
        return dict(zip(self.configs, whole, strict=True))

    def _chunk(self, segments: IntArray) -> Scores:
        """(n_configs, n_queries, n)."""
        parts = []
        for start in range(0, len(segments), _BATCH):
            rows = self._rows.of(segments[start : start + _BATCH])
            parts.append(np.stack(self._scored(rows)))
        return np.concatenate(parts, axis=2)

    def _scored(self, rows: Sequence[FloatArray]) -> list[Scores]:
        scored = []
        for config, queries, made in zip(
            self.configs.values(), self._query_rows, rows, strict=True
        ):
            kept = decode(encode(made, config.dtype), config.dtype)
            scored.append(queries @ kept.T)
        return scored

    @cached_property
    def _curvature(self) -> Curvature:
        task, config = CorpusTask(self._music.corpus), self.configs["exact"]
        sample = np.arange(min(CURVATURE_SAMPLE, len(self._music.track)))
        with one_thread():
            return estimate_curvature(self._model, task, sample, config)

    @cached_property
    def _rows(self) -> Rows:
        task = CorpusTask(self._music.corpus)
        return Rows(self._model, task, list(self.configs.values()), self._curvature)

    @cached_property
    def _query_rows(self) -> list[FloatArray]:
        task = SequenceTask(self._queries, self._music.corpus.bos)
        starts = range(0, len(self._queries), _BATCH)
        every = np.arange(len(self._queries))
        parts = [self._rows.of(every[start : start + _BATCH], task) for start in starts]
        return [np.concatenate(rows) for rows in zip(*parts, strict=True)]

    @cached_property
    def _identity(self) -> str:
        """The sha256 of model, curvature, configurations and queries."""
        digest = hashlib.sha256(self._curvature.digest().encode())
        configs = {name: config.as_dict() for name, config in self.configs.items()}
        digest.update(json.dumps([configs, len(self._queries)]).encode())
        for value in self._model.state_dict().values():
            digest.update(value.contiguous().numpy().tobytes())
        for query in self._queries:
            digest.update(_token_bytes(query))
        return digest.hexdigest()

    def _path(self, segments: IntArray) -> Path:
        digest = hashlib.sha256(self._identity.encode())
        for segment in segments:
            digest.update(_token_bytes(self._music.corpus.sequence(int(segment))))
        return self._folder / f"{digest.hexdigest()[:24]}.npy"


def _token_bytes(tokens: Tokens) -> bytes:
    return f"{len(tokens)}:".encode() + np.ascontiguousarray(tokens, "<i2").tobytes()
