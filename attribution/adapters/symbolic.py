"""The symbolic reference model: notes as tokens."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from attribution.adapters.protocol import Sequences, Steps, UnreadablePiece, UnusableWeights
from attribution.engine.task import FloatArray, IntArray, Part, Task
from attribution.reference.checkpoints import BrokenCheckpoint, list_checkpoints, load_model
from attribution.reference.embedding import embed
from attribution.reference.model import MusicTransformer
from attribution.reference.segments import Corpus, Windows, pad
from attribution.reference.task import SummedLoss
from attribution.reference.tokens import UnreadableMusic, Vocabulary


@cache
def vocabulary() -> Vocabulary:
    """The one vocabulary of the reference model."""
    return Vocabulary()


class _TokensTask(SummedLoss):
    """Windows of tokens by their number."""

    def __init__(self, sequences: Sequences, parts: Sequence[Part] | None) -> None:
        self.sequences, self.parts = sequences, parts

    def batch(self, segments: IntArray) -> Windows:
        if self.parts is None:
            return self._windows([int(segment) for segment in segments])
        chosen = [self.parts[int(segment)] for segment in segments]
        windows = self._windows([part.segment for part in chosen])
        step = np.arange(windows.mask.shape[1])
        within = np.stack([(step >= part.first) & (step < part.stop) for part in chosen])
        return windows._replace(mask=windows.mask & within)

    def _windows(self, segments: list[int]) -> Windows:
        return pad([self.sequences(segment) for segment in segments], vocabulary().bos)


class SymbolicAdapter:
    """Reads MIDI files with the vocabulary of the reference model."""

    architecture = "music-transformer"
    media_types: Sequence[str] = ("audio/midi",)

    def load(self, path: Path, sha256: str) -> MusicTransformer:
        try:
            known = {found.record.sha256: found for found in list_checkpoints(path.parent)}
            if sha256 not in known:
                raise UnusableWeights(f"{path} is not the checkpoint that was registered.")
            return load_model(known[sha256])
        except BrokenCheckpoint as error:
            raise UnusableWeights(str(error)) from error

    def reading(self, model: MusicTransformer) -> str:
        return "tokens"

    def window(self, model: MusicTransformer) -> int:
        return model.config.context

    def seconds_per_step(self, model: MusicTransformer) -> float | None:
        return None

    def read(self, model: MusicTransformer, path: Path) -> Steps:
        try:
            return vocabulary().encode_file(path)
        except UnreadableMusic as error:
            raise UnreadablePiece(str(error)) from error

    def cut(self, model: MusicTransformer, tracks: Sequence[Steps]) -> Corpus:
        return Corpus.of(tracks, self.window(model), vocabulary().bos, vocabulary().pitches)

    def task(
        self, model: MusicTransformer, sequences: Sequences, parts: Sequence[Part] | None = None
    ) -> Task:
        return _TokensTask(sequences, parts)

    def embed(self, model: MusicTransformer, segments: Sequence[Steps]) -> FloatArray:
        return np.asarray(embed(model, segments, vocabulary().bos), dtype=np.float32)

    def content(self, steps: Steps) -> bytes:
        return steps.astype("<i2").tobytes()

    def steps(self, model: MusicTransformer, content: bytes) -> Steps:
        if len(content) % 2:
            raise UnreadablePiece("The content is no list of 16-bit tokens.")
        tokens = np.frombuffer(content, dtype="<i2").astype(np.int16)
        if not len(tokens) or tokens.min() < 0 or tokens.max() >= len(vocabulary()):
            raise UnreadablePiece("The content has tokens that the model does not know.")
        return tokens
