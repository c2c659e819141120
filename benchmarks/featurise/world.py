"""One model and one batch of one size: what every contestant is given.

Weights and tokens are random: time and memory do not depend on their values.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from attribution.reference.model import ModelConfig, MusicTransformer

VOCABULARY = 256


@dataclass(frozen=True)
class Size:
    """Which model, how many segments a batch, how long."""

    name: str
    width: int
    layers: int
    heads: int
    segments: int = 8
    tokens: int = 256

    @property
    def model(self) -> ModelConfig:
        """The reference model's configuration, with an output matrix of its own."""
        return ModelConfig(
            vocabulary=VOCABULARY,
            context=self.tokens,
            width=self.width,
            layers=self.layers,
            heads=self.heads,
            hidden=4 * self.width,
            tied=False,
        )


SIZES = (
    Size("small", width=128, layers=4, heads=4),
    Size("large", width=512, layers=4, heads=8),
)


@dataclass(frozen=True)
class RandomTokens:
    """The engine's `Task` over random tokens: the summed loss of the next token."""

    tokens: Tensor  # (n, T + 1) int64, on the device

    def batch(self, segments: np.ndarray) -> Tensor:
        """The tokens of these segments."""
        return self.tokens[torch.as_tensor(segments, device=self.tokens.device)]

    def sample_outputs(self, model: nn.Module, batch: Tensor) -> Tensor:
        """Nats that each segment costs, (B,)."""
        return summed_losses(model(batch[:, :-1]), batch[:, 1:])


@dataclass(frozen=True)
class World:
    """A size on a device; the model is made when it is first asked for."""

    size: Size
    device: torch.device

    @cached_property
    def model(self) -> MusicTransformer:
        """The model with its initial weights, seed 0."""
        return MusicTransformer(self.size.model, seed=0).to(self.device).eval()

    @cached_property
    def task(self) -> RandomTokens:
        """One batch of segments."""
        shape = (self.size.segments, self.size.tokens + 1)
        drawn = torch.randint(0, VOCABULARY, shape, generator=torch.Generator().manual_seed(0))
        return RandomTokens(drawn.to(self.device))

    @property
    def segments(self) -> Sequence[int]:
        """The segments of the batch."""
        return range(self.size.segments)

    @property
    def batch_tokens(self) -> int:
        """Tokens of the batch."""
        return self.size.segments * self.size.tokens

    @property
    def parameters(self) -> int:
        """Parameters of the model."""
        return sum(parameter.numel() for parameter in self.model.parameters())

    @property
    def inputs(self) -> Tensor:
        """What the model reads, (B, T)."""
        return self.task.tokens[:, :-1]

    @property
    def targets(self) -> Tensor:
        """What it should say next, (B, T)."""
        return self.task.tokens[:, 1:]


def summed_losses(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy summed over tokens, (B,), from logits (B, T, vocabulary)."""
    losses = functional.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
    return losses.sum(1)
