"""What the two models of sound are trained to do, and how well they do it."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from attribution.audio.codes_model import CodesModel
from attribution.audio.corpus import (
    CodeWindows,
    SoundCorpus,
    all_segments,
    code_windows,
    latent_windows,
)
from attribution.audio.denoiser import LEVELS, Denoiser, noised
from attribution.reference.arrays import IntArray
from attribution.reference.training import one_thread


def code_losses(model: nn.Module, windows: CodeWindows) -> Tensor:
    """Cross-entropy of every code in nats, 0 where there is none: (batch, length, codebooks)."""
    logits = model(windows.inputs).float().movedim(3, 1)
    losses = functional.cross_entropy(logits, windows.targets, reduction="none")
    return losses * windows.counted


@dataclass(frozen=True)
class CodesLesson:
    """Predict the next codes."""

    corpus: SoundCorpus
    nothing: int

    @property
    def n_segments(self) -> int:
        return len(self.corpus.table)

    @property
    def identity(self) -> str:
        return f"codes:{self.corpus.sha256()}"

    def windows(self, segments: Sequence[int] | IntArray) -> CodeWindows:
        return code_windows([self.corpus.segment(int(each)) for each in segments], self.nothing)

    def loss(self, model: nn.Module, segments: IntArray, noise: torch.Generator) -> Tensor:
        windows = self.windows(segments)
        return code_losses(model, windows).sum() / windows.size

    def size(self, segments: IntArray) -> int:
        return int(self.corpus.table.length[segments].sum())


def mean_loss(model: CodesModel | Denoiser, corpus: SoundCorpus) -> float:
    """What a model's lesson costs it on a corpus: nats a code, or the squared error of noise."""
    if isinstance(model, Denoiser):
        return denoising_error(model, corpus)
    return sum(nats_per_code(model, corpus)) / model.codebooks


def nats_per_code(model: CodesModel, corpus: SoundCorpus, batch_size: int = 16) -> list[float]:
    """The mean loss of each codebook over all steps of the corpus."""
    lesson, segments = CodesLesson(corpus, model.codes), all_segments(corpus)
    total = torch.zeros(model.codebooks, dtype=torch.float64)
    with one_thread(), torch.inference_mode():
        for start in range(0, len(segments), batch_size):
            windows = lesson.windows(segments[start : start + batch_size])
            total += code_losses(model, windows).sum((0, 1), dtype=torch.float64)
    return [float(each) for each in total / int(corpus.table.length.sum())]


@dataclass(frozen=True)
class DenoisingLesson:
    """Find the noise in latents, at `levels` noise levels of each segment a batch."""

    corpus: SoundCorpus
    levels: int = 4

    @property
    def n_segments(self) -> int:
        return len(self.corpus.table)

    @property
    def identity(self) -> str:
        return f"denoising:{self.levels}:{self.corpus.sha256()}"

    def loss(self, model: nn.Module, segments: IntArray, noise: torch.Generator) -> Tensor:
        windows = latent_windows([self.corpus.segment(int(each)) for each in segments])
        shape = (len(segments), self.levels, *windows.latents.shape[1:])
        added = torch.randn(shape, generator=noise)
        levels = torch.randint(LEVELS, shape[:2], generator=noise)
        found = model(noised(windows.latents, added, levels), levels, windows.counted)
        errors = (found - added).square() * windows.counted[:, None, :, None]
        mean: Tensor = errors.sum() / (windows.size * self.levels)
        return mean

    def size(self, segments: IntArray) -> int:
        return int(self.corpus.table.length[segments].sum())


def denoising_error(model: Denoiser, corpus: SoundCorpus, batch_size: int = 16) -> float:
    """The mean squared error of the noise over the corpus, at 16 levels, with fixed noise."""
    lesson, segments = DenoisingLesson(corpus, levels=16), all_segments(corpus)
    noise = torch.Generator().manual_seed(0)
    total = 0.0
    with one_thread(), torch.inference_mode():
        for start in range(0, len(segments), batch_size):
            batch = segments[start : start + batch_size]
            total += float(lesson.loss(model, batch, noise)) * lesson.size(batch)
    return total / lesson.size(segments)
