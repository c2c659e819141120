"""The two reference models of sound: codes with a delay pattern, and latents under noise."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from attribution.adapters.protocol import Sequences, Steps, UnreadablePiece, UnusableWeights
from attribution.audio.checkpoints import CODES, DENOISER, load_model
from attribution.audio.codec import Codec
from attribution.audio.corpus import SoundCorpus
from attribution.audio.reading import UnreadableAudio, read_tensor
from attribution.audio.tasks import task_of
from attribution.engine.task import FloatArray, Part, Task
from attribution.reference.checkpoints import BrokenCheckpoint

SOUNDS = ("audio/wav", "audio/flac", "audio/ogg", "audio/mpeg")


class _SoundAdapter:
    """What both models share: they read recordings through a codec of their own."""

    architecture: str
    media_types: Sequence[str] = SOUNDS

    def load(self, path: Path, sha256: str) -> Any:
        try:
            model = load_model(path, sha256)
        except BrokenCheckpoint as error:
            raise UnusableWeights(str(error)) from error
        if not isinstance(model.codec, Codec):
            raise UnusableWeights(f"{path.name} has no codec, by which it could read sound.")
        return model

    def reading(self, model: Any) -> str:
        """The codec's bytes decide."""
        digest = hashlib.sha256(model.codec.config.to_json().encode())
        for name, tensor in sorted(model.codec.state_dict().items()):
            digest.update(name.encode() + tensor.numpy().tobytes())
        return f"{self.architecture}-{digest.hexdigest()[:12]}"

    def window(self, model: Any) -> int:
        return int(model.config.steps)

    def seconds_per_step(self, model: Any) -> float | None:
        return 1 / float(model.codec.config.steps_per_second)

    def read(self, model: Any, path: Path) -> Steps:
        rate = model.codec.config.spectrum.samples_per_second
        try:
            samples = read_tensor(path, rate)
        except UnreadableAudio as error:
            raise UnreadablePiece(str(error)) from error
        steps = self._steps_of(model, samples)
        if not len(steps):
            raise UnreadablePiece(
                f"{path.name} lasts {len(samples) / rate:.2f} seconds, less than one step of the "
                "model; it needs "
                f"{1 / model.codec.config.steps_per_second:.2f} seconds at least."
            )
        return steps

    def _steps_of(self, model: Any, samples: torch.Tensor) -> Steps:
        raise NotImplementedError

    def cut(self, model: Any, tracks: Sequence[Steps]) -> SoundCorpus:
        return SoundCorpus.of([torch.from_numpy(track) for track in tracks], self.window(model))

    def task(self, model: Any, sequences: Sequences, parts: Sequence[Part] | None = None) -> Task:
        return task_of(model, lambda segment: torch.from_numpy(sequences(segment)), parts)

    def embed(self, model: Any, segments: Sequence[Steps]) -> FloatArray:
        """Mean and deviation of what the codec hears over a segment."""
        with torch.inference_mode():
            heard = [self._heard(model, torch.from_numpy(segment)) for segment in segments]
            rows = torch.stack([torch.cat((each.mean(0), each.std(0, False))) for each in heard])
        found: FloatArray = functional.normalize(rows, dim=1).numpy()
        return found

    def _heard(self, model: Any, steps: torch.Tensor) -> torch.Tensor:
        """Steps as latents, (n, width)."""
        raise NotImplementedError

    def content(self, steps: Steps) -> bytes:
        return steps.astype(steps.dtype.newbyteorder("<")).tobytes()


class CodesAdapter(_SoundAdapter):
    """A transformer over the codes of several codebooks."""

    architecture = CODES

    def _heard(self, model: Any, steps: torch.Tensor) -> torch.Tensor:
        latents: torch.Tensor = model.codec.latents_of(steps.long())
        return latents

    def _steps_of(self, model: Any, samples: torch.Tensor) -> Steps:
        codes: Steps = model.codec.encode(samples).numpy().astype(np.int16)
        return codes

    def steps(self, model: Any, content: bytes) -> Steps:
        books, codes = model.codec.config.codebooks, model.codec.config.codes
        if not content or len(content) % (2 * books):
            raise UnreadablePiece(f"The content is no list of steps of {books} 16-bit codes.")
        found = np.frombuffer(content, dtype="<i2").astype(np.int16).reshape(-1, books)
        if found.min() < 0 or found.max() >= codes:
            raise UnreadablePiece(f"The content has codes that are not from 0 to {codes - 1}.")
        return found


class DenoiserAdapter(_SoundAdapter):
    """A diffusion model of a codec's latents."""

    architecture = DENOISER

    def _heard(self, model: Any, steps: torch.Tensor) -> torch.Tensor:
        return steps

    def _steps_of(self, model: Any, samples: torch.Tensor) -> Steps:
        latents: Steps = model.codec.latents(samples).numpy().astype(np.float32)
        return latents

    def steps(self, model: Any, content: bytes) -> Steps:
        width = model.codec.config.width
        if not content or len(content) % (4 * width):
            raise UnreadablePiece(f"The content is no list of steps of {width} 32-bit numbers.")
        found = np.frombuffer(content, dtype="<f4").astype(np.float32).reshape(-1, width)
        if not np.isfinite(found).all():
            raise UnreadablePiece("The content has numbers that are not finite.")
        return found
