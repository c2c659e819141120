"""Diffusion models of latents: those of `diffusers`, and any module that is called like them.

Owns what a sample is (latents and what the model is told with them), the noise that all samples
share, and which of the model's answers is differentiated. Needs nothing of `diffusers`; a model
takes noisy latents (N, C, …), timesteps (N,) and its conditioning by name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from attribution.audio.outputs import NoiseOutput, summed_error
from attribution.engine.errors import BadGradients
from attribution.engine.task import FloatArray, IntArray

Predicts: TypeAlias = Literal["epsilon", "v_prediction", "sample"]  # diffusers' `prediction_type`
NOTHING_TOLD: Mapping[str, NDArray[Any]] = MappingProxyType({})


class Latent(NamedTuple):
    """One sample: a waveform, spectrogram or latents, scaled as the model was trained with them."""

    numbers: FloatArray  # (C, …)
    told: Mapping[str, NDArray[Any]] = NOTHING_TOLD  # conditioning, by argument of forward


class LatentBatch(NamedTuple):
    """Samples of a batch."""

    numbers: Tensor  # (B, C, …)
    told: dict[str, Tensor]  # (B, …) each


@dataclass(frozen=True)
class DenoiserTask:
    """Latents under noise, at `levels` timesteps evenly spread over all.

    All samples, also those that are attributed, get the same noise at the same timestep: what
    differs between two gradients is then the sound, and not the noise. All levels of a batch are
    one call of the model, which costs less than one call a level and never more; memory is that of
    `levels` times as many samples.

    samples: by segment number, a list or a function; all have one shape and are told alike.
    alphas_cumprod: how much of the signal's power is left at each timestep, (timesteps,); a
        scheduler of `diffusers` has it under this name.
    predicts: what the model answers, the scheduler's `config.prediction_type`.
    output: what is differentiated (`attribution.audio.outputs`): the loss, or one of D-TRAK's.
    seed: of the shared noise; features of one store need one seed.
    device: where the model is.
    """

    samples: Sequence[Latent] | Callable[[int], Latent]
    alphas_cumprod: Tensor
    predicts: Predicts = "epsilon"
    output: NoiseOutput = summed_error
    levels: int = 10
    seed: int = 0
    device: torch.device | str = "cpu"

    def __post_init__(self) -> None:
        if self.predicts not in get_args(Predicts):
            raise BadGradients(
                f"DenoiserTask.predicts is {self.predicts!r}; known are "
                f"{', '.join(get_args(Predicts))}."
            )
        if not 1 <= self.levels <= len(self.alphas_cumprod):
            raise BadGradients(
                f"DenoiserTask.levels is {self.levels}; the scheduler has "
                f"{len(self.alphas_cumprod)} timesteps to choose from."
            )

    @property
    def timesteps(self) -> Tensor:
        """The middles of `levels` equal parts of all timesteps, (levels,)."""
        return ((torch.arange(self.levels) + 0.5) * len(self.alphas_cumprod) / self.levels).long()

    def batch(self, segments: IntArray) -> LatentBatch:
        """Return samples, stacked. Raises BadGradients where shapes or conditioning differ."""
        found = [self._sample(int(segment)) for segment in segments]
        names = sorted(found[0].told)
        if any(sorted(sample.told) != names for sample in found):
            raise BadGradients(
                f"Some samples tell the model {names}, others do not: give each the same "
                "arguments, with the model's null conditioning where there is none."
            )
        numbers = self._stacked("numbers", [sample.numbers for sample in found]).float()
        told = {name: self._stacked(name, [each.told[name] for each in found]) for name in names}
        return LatentBatch(numbers, told)

    def sample_outputs(self, model: nn.Module, batch: LatentBatch) -> Tensor:
        """Return `output` of each sample, (B,), summed over its numbers, averaged over levels."""
        size, steps = len(batch.numbers), self.timesteps.to(self.device)
        clean, noise = batch.numbers.unsqueeze(1), self._noise(batch.numbers)
        power = self.alphas_cumprod.to(noise)[steps].reshape(1, -1, *[1] * (clean.dim() - 2))
        signal, dirt = power.sqrt(), (1 - power).sqrt()
        noisy = signal * clean + dirt * noise  # (B, levels, C, …)
        weight = next(model.parameters())  # half precision is given half precision
        told = {name: _repeated(part, len(steps), weight) for name, part in batch.told.items()}
        found = _answer(model(noisy.flatten(0, 1).to(weight), steps.repeat(size), **told))
        if found.shape != (size * len(steps), *batch.numbers.shape[1:]):
            raise BadGradients(
                f"The model answered with shape {tuple(found.shape)} to latents of shape "
                f"{tuple(noisy.flatten(0, 1).shape)}; DenoiserTask needs one number for each. "
                "Write a Task of your own for this model."
            )
        wanted = self._wanted(clean, noise, signal, dirt).expand_as(noisy)
        everywhere = torch.ones_like(batch.numbers, dtype=torch.bool).flatten(1)
        return self.output(
            found.float().reshape(size, len(steps), -1, 1),
            wanted.flatten(2, -1)[..., None],
            everywhere,
        )

    def _wanted(self, clean: Tensor, noise: Tensor, signal: Tensor, dirt: Tensor) -> Tensor:
        """What the model was trained to answer, as in diffusers' schedulers."""
        if self.predicts == "sample":
            return clean
        return noise if self.predicts == "epsilon" else signal * noise - dirt * clean

    def _noise(self, numbers: Tensor) -> Tensor:
        """The noise of each timestep, (1, levels, C, …); numpy draws it alike on every machine."""
        drawn = [
            np.random.default_rng([self.seed, step]).standard_normal(numbers.shape[1:], np.float32)
            for step in self.timesteps.tolist()
        ]
        return torch.from_numpy(np.stack(drawn)).to(self.device).unsqueeze(0)

    def _sample(self, segment: int) -> Latent:
        return self.samples(segment) if callable(self.samples) else self.samples[segment]

    def _stacked(self, name: str, arrays: Sequence[NDArray[Any]]) -> Tensor:
        shapes = {np.shape(array) for array in arrays}
        if len(shapes) > 1:
            raise BadGradients(
                f"Samples have {name} of different shapes, {sorted(shapes)[0]} and "
                f"{sorted(shapes)[-1]}: cut sounds to the model's length, and pad what it is told."
            )
        return torch.from_numpy(np.stack(arrays)).to(self.device)


def _repeated(part: Tensor, levels: int, like: Tensor) -> Tensor:
    """What each sample is told, once a level; numbers as the model has them, classes as they are.

    (B, …) to (B · levels, …).
    """
    given = part.to(like) if part.is_floating_point() else part
    return given.repeat_interleave(levels, 0)


def _answer(found: Any) -> Tensor:
    """The tensor itself, or the `sample` of what diffusers' models return."""
    tensor: Tensor = found if isinstance(found, Tensor) else found[0]
    return tensor
