"""A small codec: frames of sound to a few numbers a step, or to a few codes, and back.

A step is `patch` frames laid side by side, described by its first `width` principal components.
For a model of tokens these are quantised by residual vector quantisation: the first codebook gets
as near as it can, each further one describes what the ones before it left over, as in SoundStream
(arXiv:2107.03312, section III-C), with codebooks by k-means instead of by training. For a diffusion
model they are scaled to variance 1. It is fitted in seconds and is the same on every run.

Like EnCodec in MusicGen, the codec belongs to the model but is no part of what is attributed: it
hears training tracks alone, and never a control.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import faiss
import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor, nn

from attribution.audio.spectrum import Spectrum
from attribution.reference.files import write_atomically

POINTS_A_CENTROID = 256  # more of them make k-means slower and no better
ROUNDS = 20
_CONFIG = "tantieme.codec"


@dataclass(frozen=True)
class CodecConfig:
    """Sizes; a codebook has `codes` entries of `width` numbers."""

    spectrum: Spectrum = field(default_factory=Spectrum)
    patch: int = 2
    width: int = 80
    codebooks: int = 6
    codes: int = 512
    loudness: float = 0.1  # the RMS that a whole piece is brought to; 0: it stays as loud as it is

    @property
    def steps_per_second(self) -> float:
        return self.spectrum.frames_per_second / self.patch

    @property
    def samples_per_step(self) -> int:
        return self.spectrum.hop_samples * self.patch

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "CodecConfig":
        """Raises TypeError or ValueError for what is no such configuration."""
        given = json.loads(text)
        return cls(**given | {"spectrum": Spectrum(**given["spectrum"])})


class Codec(nn.Module):
    """What was fitted, as buffers: it is saved with a model, and nothing of it is trained."""

    mean: Tensor  # (patch · bands,)
    components: Tensor  # (patch · bands, width), orthonormal
    scale: Tensor  # (width,) standard deviation of each component
    books: Tensor  # (codebooks, codes, width)

    def __init__(self, config: CodecConfig) -> None:
        super().__init__()
        self.config = config
        size = config.patch * config.spectrum.bands
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("components", torch.zeros(size, config.width))
        self.register_buffer("scale", torch.ones(config.width))
        self.register_buffer("books", torch.zeros(config.codebooks, config.codes, config.width))

    def latents(self, samples: Tensor) -> Tensor:
        """(n,) samples to (steps, width), each of variance 1 over the training tracks."""
        return self._project(samples) / self.scale

    def encode(self, samples: Tensor) -> Tensor:
        """(n,) samples to codes, (steps, codebooks) int64."""
        left = self._project(samples)
        codes = []
        for book in self.books:
            nearest = torch.cdist(left, book).argmin(1)
            codes.append(nearest)
            left = left - book[nearest]
        return torch.stack(codes, 1)

    def decode(self, codes: Tensor) -> Tensor:
        """(steps, codebooks) codes to (samples,)."""
        return self.from_latents(self.latents_of(codes))

    def latents_of(self, codes: Tensor) -> Tensor:
        """What the codes stand for, (steps, width), each of variance 1 or less."""
        books = range(self.config.codebooks)
        told: Tensor = sum((self.books[k][codes[:, k]] for k in books), torch.zeros(1))
        return told / self.scale

    def from_latents(self, latents: Tensor) -> Tensor:
        """(steps, width) latents to (samples,)."""
        return self._sound(latents * self.scale)

    def _project(self, samples: Tensor) -> Tensor:
        return (patches(samples, self.config) - self.mean) @ self.components

    def _sound(self, projected: Tensor) -> Tensor:
        flat = projected @ self.components.T + self.mean
        return self.config.spectrum.samples(flat.reshape(-1, self.config.spectrum.bands))


def kept_codec(path: Path, config: CodecConfig, fitted: Callable[[], Codec]) -> Codec:
    """The codec that lies at `path`; fitted and kept there if there is none of this configuration.

    Whoever fits it at the same time fits the same one.
    """
    codec = Codec(config)
    with (
        suppress(FileNotFoundError, SafetensorError, RuntimeError),
        safe_open(path, framework="pt") as kept,
    ):
        if (kept.metadata() or {}).get(_CONFIG) == config.to_json():
            codec.load_state_dict(load_file(path))
            return codec
    codec = fitted()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, save(dict(codec.state_dict()), {_CONFIG: config.to_json()}))
    return codec


def patches(samples: Tensor, config: CodecConfig) -> Tensor:
    """Frames side by side, (steps, patch · bands); what fills no step at the end is left out."""
    frames = config.spectrum.frames(_as_loud(samples, config.loudness))
    steps = len(frames) // config.patch
    return frames[: steps * config.patch].reshape(steps, -1)


def _as_loud(samples: Tensor, loudness: float) -> Tensor:
    """A piece at one loudness, so that turning it down changes nothing of what a model hears."""
    level = samples.square().mean().sqrt() if len(samples) else torch.zeros(())
    return samples if not loudness or level == 0 else samples * (loudness / level)


def fit_codec(sounds: Sequence[Tensor], config: CodecConfig, seed: int = 0) -> Codec:
    """Fit a codec to these recordings, (n,) samples each.

    Raises ValueError when they are too short: a codebook needs a step for each of its codes, and
    as many steps are needed as there are numbers in one.
    """
    steps = torch.cat([patches(sound, config) for sound in sounds])
    needed = max(config.codes, steps.shape[1])
    if len(steps) < needed:
        raise ValueError(
            f"The recordings have {len(steps) / config.steps_per_second:.0f} seconds together; "
            f"this codec needs {needed / config.steps_per_second:.0f} to be fitted."
        )
    codec = Codec(config)
    mean = steps.mean(0)
    _, variances, axes = np.linalg.svd(np.cov((steps - mean).T.numpy().astype(np.float64)))
    codec.mean.copy_(mean)
    codec.components.copy_(torch.from_numpy(axes[: config.width].T))
    codec.scale.copy_(torch.from_numpy(variances[: config.width]).sqrt().clamp_min(1e-3))
    left = ((steps - mean) @ codec.components).numpy()
    for number in range(config.codebooks):
        means = faiss.Kmeans(
            config.width,
            config.codes,
            niter=ROUNDS,
            seed=seed + number,
            max_points_per_centroid=POINTS_A_CENTROID,
            min_points_per_centroid=1,
        )
        means.train(np.ascontiguousarray(left))
        _, nearest = means.index.search(np.ascontiguousarray(left), 1)
        centroids = np.asarray(means.centroids)
        left = left - centroids[nearest[:, 0]]
        codec.books[number].copy_(torch.from_numpy(centroids))
    return codec
