"""Rows that were really captured, and as many more of their kind as a benchmark asks for.

All windows of the bundled songs are featurised once, and the pieces that the model generated are
the queries. More rows are made by rotating random pairs of rows (a, b), about their mean, into
(a cos θ + b sin θ, b cos θ − a sin θ) with θ up to 30°. A rotation of rows changes no sum of
squares in any direction, so the covariance, hence the spectrum, stays what it was; small angles
keep rows long or short, clustered or alone, and the tails of their scores. `agreement` measures
how far that is true; independent random rows would have none of it, and would flatter any index.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from attribution.engine import (
    CaptureConfig,
    FeatureStore,
    Featuriser,
    FloatArray,
    IntArray,
    Role,
    estimate_curvature,
)
from attribution.engine.config import RowDtype
from attribution.reference.checkpoints import load_model
from attribution.reference.segments import Corpus
from attribution.reference.task import CorpusTask, SequenceTask
from attribution.reference.tokens import Vocabulary
from attribution.reference.training import one_thread
from benchmarks.fidelity import retraining, truth
from benchmarks.fidelity.world import CATALOGUE, World, bundled, manifest, role_of

WORK = Path(__file__).parents[1] / "var" / "scan"
MODELS = Path(__file__).parents[1] / "var" / "fidelity"
MEMBER = "late"
_LARGEST_ANGLE = np.pi / 6
_STORE_ROWS = 1024  # a shard of a resampled store


@dataclass(frozen=True)
class Captured:
    """Rows of the last checkpoint of the fidelity benchmark's model."""

    rows: FloatArray  # (n, k)
    queries: FloatArray  # (q, k) of generated pieces
    track: IntArray  # (n,)
    role: IntArray  # (n_tracks,) `Role`; controls alternate between calibration and test

    def folded(self, dimension: int) -> "Captured":
        """The same at a smaller dimension: a sketch whose buckets are added up is a sketch."""
        return Captured(
            fold(self.rows, dimension), fold(self.queries, dimension), self.track, self.role
        )

    def resampled(self, start: int, stop: int) -> FloatArray:
        """Return rows start … stop of the endless resampled catalogue, which begins with these."""
        parts, size = [], len(self.rows)
        for block in range(start // size, -(-stop // size)):
            first = block * size
            within = np.arange(max(start, first) - first, min(stop, first + size) - first)
            parts.append(_rotated(self.rows, self.mean, block, within))
        return np.concatenate(parts)

    def many_queries(self, count: int) -> FloatArray:
        """Return so many queries: the generated pieces, then rotations of them."""
        many = Captured(self.queries, self.queries, self.track, self.role)
        return many.resampled(0, count)

    def resampled_tracks(self, count: int) -> IntArray:
        """Return the track of each of the first rows: each pass through the songs has its own."""
        passes, within = np.divmod(np.arange(count), len(self.rows))
        tracks: IntArray = passes * len(self.role) + self.track[within]
        return tracks

    @cached_property
    def mean(self) -> FloatArray:
        """The mean row, (k,)."""
        mean: FloatArray = self.rows.mean(0)
        return mean


def fold(rows: FloatArray, dimension: int) -> FloatArray:
    """Add up every (k / dimension)-th run of numbers, (n, dimension)."""
    folded: FloatArray = rows.reshape(len(rows), -1, dimension).sum(1)
    return folded


def captured(work: Path = WORK) -> Captured:
    """The rows at the engine's default, from a file of `work`; featurised first if it is not there.

    Trains the fidelity benchmark's model first if its checkpoints are missing.
    """
    world, config = bundled(), CaptureConfig(dtype="float32")
    described = json.dumps([config.as_dict(), truth.world_identity(world)], sort_keys=True)
    path = work / f"captured-{hashlib.sha256(described.encode()).hexdigest()[:12]}.npz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        made = _capture(world, config)
        np.savez(part, rows=made.rows, queries=made.queries, track=made.track, role=made.role)
        part.replace(path)
    with np.load(path, allow_pickle=False) as saved:
        return Captured(saved["rows"], saved["queries"], saved["track"], saved["role"])


def resampled_store(
    source: Captured, count: int, dtype: RowDtype, work: Path = WORK
) -> FeatureStore:
    """A sealed store of so many rows, in `work`; only what is missing of it is written."""
    dimension = source.rows.shape[1]
    config = CaptureConfig(dimension=dimension, dtype=dtype, shard_rows=_STORE_ROWS)
    digest = hashlib.sha256(source.rows.tobytes()).hexdigest()
    store = FeatureStore.create(
        work / f"{dtype}-{dimension}-{count}",
        config,
        members=[MEMBER],
        n_segments=count,
        identity={"resampled_from": digest},
    )
    if not store.sealed:
        for shard in store.missing_shards(MEMBER):
            rows = source.resampled(*store.description.shard_range(shard))
            store.write(MEMBER, shard, rows, digest)
        store.seal()
    return FeatureStore.open(store.path)


def _rotated(rows: FloatArray, mean: FloatArray, block: int, within: IntArray) -> FloatArray:
    """Return some rows of one pass of rotations; pass 0 is the rows as they are."""
    if block == 0:
        return rows[within]
    rng = np.random.default_rng([20261122, block])
    order = rng.permutation(len(rows))
    angle = rng.uniform(0, _LARGEST_ANGLE, len(rows) // 2).astype(np.float32)
    half = len(angle)
    partner, cosine, sine = np.arange(len(rows)), np.ones(len(rows)), np.zeros(len(rows))
    for ours, theirs, sign in ((0, half, 1), (half, 0, -1)):
        mine = order[ours : ours + half]
        partner[mine] = order[theirs : theirs + half]
        cosine[mine], sine[mine] = np.cos(angle), sign * np.sin(angle)
    out = np.empty((len(within), rows.shape[1]), dtype=np.float32)
    for place, row in enumerate(within):  # one row at a time stays in the processor's cache
        c, s = np.float32(cosine[row]), np.float32(sine[row])
        np.multiply(rows[row], c, out=out[place])
        out[place] += s * rows[partner[row]]
        out[place] += (1 - c - s) * mean
    return out


def _capture(world: World, config: CaptureConfig) -> Captured:
    model = load_model(retraining.full_model(world, MODELS)[-1])
    generated = truth.cached_queries(world) or retraining.generate(world, MODELS)
    vocabulary, songs = Vocabulary(), manifest()
    tokens = [vocabulary.encode_file(CATALOGUE / song["file"]) for song in songs]
    corpus = Corpus.of(tokens, world.model.context, world.bos, world.pitches)
    trained = CorpusTask(world.full_corpus())
    with one_thread():
        every = range(len(trained.corpus.table))
        curvature = estimate_curvature(model, trained, every, config)
        featuriser = Featuriser(model, CorpusTask(corpus), config, curvature, member=MEMBER)
        rows = featuriser.features(range(len(corpus.table)))
        of_queries = featuriser.with_task(SequenceTask(generated, world.bos))
        queries = of_queries.features(range(len(generated)))
    return Captured(rows, queries, corpus.table.track_index, _roles(songs))


def _roles(songs: list[dict[str, str]]) -> IntArray:
    roles = np.full(len(songs), int(Role.TRAINED))
    controls = np.flatnonzero([role_of(song) == "control" for song in songs])
    roles[controls[::2]], roles[controls[1::2]] = Role.CALIBRATION, Role.TEST
    return roles
