"""Models of each half, and what their checkpoints say: made once, kept under the work folder.

Slow and resumable: a checkpoint's scores are one small file that appears when it is complete. Its
name holds the hash of everything that decided it, the engine's own code included, so that nothing
stale is ever read. It must not judge.
"""

import hashlib
import io
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from attribution import engine
from attribution.reference.arrays import IntArray, Tokens
from attribution.reference.checkpoints import Checkpoint, load_model
from attribution.reference.files import write_atomically
from attribution.reference.sampling import SamplingConfig, sample
from attribution.reference.task import CorpusTask, SequenceTask
from attribution.reference.training import one_thread, train
from benchmarks.uncertainty.world import Piece, World

Say = Callable[[str], None]
_ENGINE = Path(engine.__file__).parent
_AFTER_SCORES = _ENGINE / "shares"  # what happens to scores later does not make them stale


@dataclass(frozen=True)
class Member:
    """What one checkpoint says of every query."""

    seed: int
    step: int
    scores: engine.FloatArray  # (q, n_segments)
    norms: engine.FloatArray  # (n_tracks,)


@dataclass(frozen=True)
class Half:
    """What is asked of the models of one half: the pieces first, then the companions.

    Companions are the windows of the trained tracks, which tell what chance scores; each track is
    one generation, numbered after the pieces.
    """

    number: int
    pieces: Sequence[Piece]
    roles: IntArray  # (n_tracks,)
    companions: IntArray  # windows
    query_generation: IntArray  # (q,)

    @property
    def companion_generations(self) -> range:
        """The numbers of the generations that are not pieces."""
        return range(len(self.pieces), int(self.query_generation.max()) + 1)


class Laboratory:
    """Trains, samples and scores whatever is asked for and not there yet."""

    def __init__(self, world: World, work: Path, say: Say) -> None:
        self.world, self.work, self._say = world, work, say
        self._corpus = world.corpus
        self._code = _code_digest()

    def half(self, number: int) -> Half:
        """The pieces of a half: what the model of its first seed wrote, and what was planted."""
        world = self.world
        companions = np.flatnonzero(np.isin(world.segment_track, world.halves()[number]))
        track = np.unique(world.segment_track[companions], return_inverse=True)[1]
        pieces = world.pieces(number, self._generated(number))
        return Half(
            number=number,
            pieces=pieces,
            roles=world.roles(number),
            companions=companions,
            query_generation=np.concatenate([np.arange(len(pieces)), len(pieces) + track]),
        )

    def members(self, half: Half, seeds: Sequence[int], last: int) -> list[Member]:
        """The last checkpoints of these seeds, seed by seed and step by step."""
        return [
            self._member(half, seed, checkpoint)
            for seed in seeds
            for checkpoint in self._checkpoints(half.number, seed)[-last:]
        ]

    def _checkpoints(self, number: int, seed: int) -> list[Checkpoint]:
        corpus = self.world.corpus_of(self.world.halves()[number])
        folder = self.work / f"half-{number}-seed-{seed}"
        if not folder.exists():
            self._say(f"training on half {number}, seed {seed}")
        return train(self.world.model, self.world.run(seed), corpus, folder)

    def _generated(self, number: int) -> list[Tokens]:
        model = load_model(self._checkpoints(number, 0)[-1])
        empty = [np.zeros(0, dtype=np.int16)] * self.world.n_beds
        words, context = self.world.vocabulary, self.world.model.context
        config = SamplingConfig(seed=self.world.seed)
        return sample(model, empty, context, words.bos, config, never=words.specials)

    def _member(self, half: Half, seed: int, checkpoint: Checkpoint) -> Member:
        path = checkpoint.path.with_name(f"scores-{self._identity(half, checkpoint)}.npz")
        if not path.exists():
            self._say(f"scores of half {half.number}, seed {seed}, step {checkpoint.record.step}")
            write_atomically(path, _packed(*self._scored(half, checkpoint)))
        with np.load(path, allow_pickle=False) as saved:
            return Member(seed, checkpoint.record.step, saved["scores"], saved["norms"])

    def _identity(self, half: Half, checkpoint: Checkpoint) -> str:
        asked = np.concatenate([piece.tokens for piece in half.pieces]).astype("<i2")
        parts = [
            checkpoint.record.sha256,
            self._corpus.sha256(),
            hashlib.sha256(asked.tobytes()).hexdigest(),
            json.dumps(self.world.capture.as_dict(), sort_keys=True),
            self._code,
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def _scored(
        self, half: Half, checkpoint: Checkpoint
    ) -> tuple[engine.FloatArray, engine.FloatArray]:
        """Scores (q, n_segments) and norms (n_tracks,), by the engine as it is deployed."""
        model, config = load_model(checkpoint), self.world.capture
        task = CorpusTask(self._corpus)
        pieces = SequenceTask([piece.tokens for piece in half.pieces], self._corpus.bos)
        with one_thread(), tempfile.TemporaryDirectory() as folder:
            curvature = engine.estimate_curvature(model, task, half.companions, config)
            featuriser = engine.Featuriser(model, task, config, curvature, member="one")
            store = engine.FeatureStore.create(
                folder, config, members=["one"], n_segments=len(self._corpus.table), identity={}
            )
            engine.capture(featuriser, store)
            store.seal()
            own = featuriser.with_task(pieces).features(range(len(half.pieces)))
            stored = [store.shard_rows("one", shard) for shard in range(store.n_shards)]
            rows = np.concatenate([own, np.concatenate(stored)[half.companions]])
            scores = engine.exact_scan(store, {"one": rows})[0]
            norms = engine.track_norms(store, self.world.segment_track, len(half.roles))[0]
        return scores, norms


def _packed(scores: engine.FloatArray, norms: engine.FloatArray) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, scores=scores, norms=norms)
    return buffer.getvalue()


def _code_digest() -> str:
    """The hash of the engine's code up to the scores."""
    digest = hashlib.sha256()
    for path in sorted(_ENGINE.rglob("*.py")):
        if _AFTER_SCORES not in path.parents:
            digest.update(path.read_bytes())
    return digest.hexdigest()
