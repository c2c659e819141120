"""A model of coded sound: a transformer that predicts several codebooks a step.

Owns the network and the delay pattern of MusicGen (arXiv:2306.05284, section 2.2): codebook k of a
step is predicted k steps later than the first one, so that one pass predicts all codebooks of a
step and yet each of them knows the coarser ones. The blocks are those of the symbolic reference
model, so every parameter sits in an `nn.Linear`, `nn.Embedding` or `nn.LayerNorm` that is called
once with the batch first. It must not know about files, sounds or training.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from attribution.audio.codec import Codec
from attribution.reference.model import Block, KeyValues, ModelConfig


@dataclass(frozen=True)
class CodesConfig:
    """Sizes of a `CodesModel`; a segment has at most `steps` steps of the codec."""

    steps: int = 128
    width: int = 128
    layers: int = 3
    heads: int = 4
    hidden: int = 384


class CodesModel(nn.Module):
    """Maps delayed codes (batch, length, codebooks) to logits (batch, length, codebooks, codes).

    The code `codec.config.codes` stands for "nothing here yet" (or any more).
    """

    def __init__(self, config: CodesConfig, codec: Codec, seed: int = 0) -> None:
        super().__init__()
        self.config, self.codec = config, codec
        self.codebooks, self.codes = codec.config.codebooks, codec.config.codes
        sizes = ModelConfig(
            vocabulary=self.codebooks * (self.codes + 1),
            context=config.steps + self.codebooks - 1,
            width=config.width,
            layers=config.layers,
            heads=config.heads,
            hidden=config.hidden,
        )
        # One table for all codebooks, those of codebook k from k · (codes + 1) on.
        self.embedding = nn.Embedding(sizes.vocabulary, config.width)
        self.blocks = nn.ModuleList(Block(sizes) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.head = nn.Linear(config.width, self.codebooks * self.codes, bias=False)
        self._initialise(torch.Generator().manual_seed(seed))

    @torch.no_grad()
    def _initialise(self, generator: torch.Generator) -> None:
        """As the symbolic model: deviation 0.02, less on the two ends of a skip, no bias."""
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                on_skip = name.endswith(("out.weight", "narrow.weight"))
                scale = 0.02 / math.sqrt(2 * self.config.layers) if on_skip else 0.02
                parameter.normal_(0.0, scale, generator=generator)
            elif name.endswith("bias"):
                parameter.zero_()

    def forward(self, inputs: Tensor) -> Tensor:
        states, _ = self.read(inputs)
        return self.logits(states)

    def logits(self, states: Tensor) -> Tensor:
        """(batch, length, width) to (batch, length, codebooks, codes)."""
        flat: Tensor = self.head(states)
        return flat.view(*flat.shape[:2], self.codebooks, self.codes)

    def read(
        self, inputs: Tensor, past: list[KeyValues] | None = None
    ) -> tuple[Tensor, list[KeyValues]]:
        """Hidden states (batch, length, width), and what the next call may continue from.

        With `past`, inputs are the one next step.
        """
        length = inputs.shape[1]
        offsets = torch.arange(self.codebooks, device=inputs.device) * (self.codes + 1)
        x = self.embedding(inputs + offsets).sum(2)
        ones = torch.ones(length, length, dtype=torch.bool, device=inputs.device)
        blocked, seen = None if past is not None else ones.triu(1), []
        for index, block in enumerate(self.blocks):
            x, kept = block(x, blocked, None if past is None else past[index])
            seen.append(kept)
        return self.norm(x), seen


def delayed(codes: Tensor, nothing: int) -> Tensor:
    """Codes (steps, codebooks) in the delay pattern: (steps + codebooks − 1, codebooks).

    Row t has codebook k of step t − k; `nothing` where there is no such step.
    """
    steps, books = codes.shape
    laid = torch.full((steps + books - 1, books), nothing, dtype=codes.dtype)
    for k in range(books):
        laid[k : k + steps, k] = codes[:, k]
    return laid


def undelayed(laid: Tensor) -> Tensor:
    """The codes of a delay pattern again: (steps + codebooks − 1, codebooks) to (steps, …)."""
    steps = laid.shape[0] - laid.shape[1] + 1
    return torch.stack([laid[k : k + steps, k] for k in range(laid.shape[1])], 1)
