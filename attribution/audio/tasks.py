"""What the attribution engine has to know about the models of sound.

Owns the two methods of the engine's `Task` for codes and for latents, of whole segments or of
parts of them. The output of a segment is a *sum* over its steps, so the rows of its parts add up to
its row, and scores of parts say where in a piece an influence lies.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor, nn

from attribution.audio.codes_model import CodesModel
from attribution.audio.corpus import (
    CodeWindows,
    LatentWindows,
    as_read,
    code_windows,
    latent_windows,
)
from attribution.audio.denoiser import LEVELS, Denoiser, noised
from attribution.audio.outputs import NoiseOutput, summed_error
from attribution.engine.outputs import TokenOutput, summed_loss
from attribution.engine.task import IntArray, Part, Task

Steps: TypeAlias = Callable[[int], Tensor]  # (steps, numbers) of a segment
NOISE_SEED = 20_250_311
COUNTED_BOOKS = 1  # measured by `python -m benchmarks.audio recordings`


@dataclass(frozen=True)
class CodesTask:
    """Segments of codes, each code predicted from those before it.

    segment: the codes of a segment by its number, (steps, codebooks) of any kind of integer.
    output: what is differentiated (`attribution.engine.outputs`), over the first `books` codebooks.
        All are heard. What sounds is told by the coarse ones; which of many fine codes was taken is
        chance, whose gradients drown the others'.
    parts: if given, sample i is this part; it is heard with all that comes before it in its
        segment, and counts alone.
    """

    segment: Steps
    nothing: int
    output: TokenOutput = summed_loss
    books: int = COUNTED_BOOKS
    parts: Sequence[Part] | None = None

    def batch(self, segments: IntArray) -> CodeWindows:
        chosen = _chosen(segments, self.parts)
        windows = code_windows(
            [as_read(self.segment(place)) for place, _, _ in chosen], self.nothing
        )
        counted = windows.counted & _within(chosen, windows.counted)
        counted[:, :, self.books :] = False
        return windows._replace(counted=counted)

    def sample_outputs(self, model: nn.Module, batch: CodeWindows) -> Tensor:
        logits = model(batch.inputs)
        flat = (part.flatten(1, 2) for part in (logits, batch.targets, batch.counted))
        return self.output(*flat)


@dataclass(frozen=True)
class LatentsTask:
    """Segments of latents under noise, at `levels` levels evenly spread over all.

    All segments, also those of pieces that are attributed, get the same noise at the same level and
    step. What differs between two gradients is then the sound, and the mean over levels is worth
    more of them (D-TRAK, arXiv:2311.00500, section 3, averages over both).
    """

    segment: Steps
    output: NoiseOutput = summed_error
    levels: int = 10
    parts: Sequence[Part] | None = None

    def batch(self, segments: IntArray) -> LatentWindows:
        chosen = _chosen(segments, self.parts)
        windows = latent_windows([self.segment(place) for place, _, _ in chosen])
        # Padding is not heard; a step outside the part is heard and does not count.
        return windows._replace(scored=windows.counted & _within(chosen, windows.counted))

    def sample_outputs(self, model: nn.Module, batch: LatentWindows) -> Tensor:
        latents = batch.latents
        levels = spread_levels(self.levels).expand(len(latents), -1)
        noise = shared_noise(self.levels, latents.shape[1], latents.shape[2])
        added = noise.expand(len(latents), -1, -1, -1)
        found = model(noised(latents, added, levels), levels, batch.counted)
        return self.output(found, added, batch.scored)


def task_of(
    model: CodesModel | Denoiser, segment: Steps, parts: Sequence[Part] | None = None
) -> Task:
    """The task of a model of either kind over segments that its codec made."""
    if isinstance(model, CodesModel):
        return CodesTask(segment, model.codes, parts=parts)
    return LatentsTask(segment, parts=parts)


def spread_levels(count: int) -> Tensor:
    """The middles of `count` equal parts of all levels, (count,)."""
    return ((torch.arange(count) + 0.5) * LEVELS / count).long()


@cache
def shared_noise(levels: int, steps: int, width: int) -> Tensor:
    """The noise that every segment gets, (1, levels, steps, width).

    A step's noise does not depend on how many steps follow it.
    """
    # numpy draws one number after the other; torch draws blocks, whose number changes what is drawn
    drawn = np.random.default_rng(NOISE_SEED).standard_normal((steps, levels, width))
    return torch.from_numpy(drawn.astype(np.float32)).transpose(0, 1).unsqueeze(0)


def _chosen(segments: IntArray, parts: Sequence[Part] | None) -> list[tuple[int, int, int]]:
    """(segment, first step, step after the last) of each sample."""
    if parts is None:
        return [(int(each), 0, 1 << 40) for each in segments]
    found = [parts[int(each)] for each in segments]
    return [(part.segment, part.first, part.stop) for part in found]


def _within(chosen: list[tuple[int, int, int]], counted: Tensor) -> Tensor:
    """Which cells are of a sample's part; codes stand one row lower for each codebook."""
    step = torch.arange(counted.shape[1])
    if counted.dim() == 3:
        step = step.unsqueeze(1) - torch.arange(counted.shape[2])
    bounds = torch.tensor([[first, stop] for _, first, stop in chosen])
    first, stop = (bounds[:, column].reshape(-1, *([1] * step.dim())) for column in (0, 1))
    return (step >= first) & (step < stop)
