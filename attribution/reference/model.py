"""The Music Transformer of the reference model.

Owns the network and its configuration. A decoder-only transformer with the relative attention of
Huang et al., "Music Transformer" (arXiv:1809.04281): the score of query i on key j is
(q_i · k_j + q_i · e_{i-j}) / √d_head, one vector e for each distance, shared by the heads of a
layer. There is no other notion of position, so a passage means the same wherever it starts.

Every parameter sits in an `nn.Linear`, `nn.Embedding` or `nn.LayerNorm` that is called once a
forward pass with the batch as first dimension. Per-sample gradients can so be read by module
hooks; in particular the distance vectors are the weight of a `Linear` applied to the queries.
It must not know about music, files or training.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class ModelConfig:
    """Sizes of a `MusicTransformer`; `context` is the longest input in tokens."""

    vocabulary: int
    context: int = 256
    width: int = 96
    layers: int = 4
    heads: int = 4
    hidden: int = 384
    tied: bool = True

    def __post_init__(self) -> None:
        if min(self.vocabulary, self.context, self.layers, self.heads, self.hidden) < 1:
            raise ValueError(f"Every size of the model must be at least 1: {self}.")
        if self.width < 1 or self.width % self.heads:
            raise ValueError(f"A width of {self.width} cannot be split over {self.heads} heads.")


class KeyValues(NamedTuple):
    """Keys and values of the positions already read, for generating token by token."""

    keys: Tensor  # (batch, heads, length, width / heads)
    values: Tensor  # (batch, heads, length, width / heads)


def skew(by_distance: Tensor) -> Tensor:
    """Turns scores by distance into scores by key position, without a gather.

    Takes (..., length, length) whose last axis counts distances *downwards* to 0; returns the same
    shape with [i, j] = the score at distance i − j for j ≤ i, and arbitrary numbers above the
    diagonal. The trick is section 3.4.1 of arXiv:1809.04281.
    """
    *rest, length, _ = by_distance.shape
    padded = functional.pad(by_distance, (1, 0))
    return padded.reshape(*rest, length + 1, length)[..., 1:, :]


class RelativeAttention(nn.Module):
    """Causal multi-head attention with learned relative positions."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.head_width = config.width // config.heads
        self.query = nn.Linear(config.width, config.width)
        self.key = nn.Linear(config.width, config.width)
        self.value = nn.Linear(config.width, config.width)
        self.out = nn.Linear(config.width, config.width)
        # Row r scores the distance context − 1 − r, so that no flip is needed before the skew.
        self.distance = nn.Linear(self.head_width, config.context, bias=False)

    def _split(self, x: Tensor) -> Tensor:
        batch, length, _ = x.shape
        return x.view(batch, length, self.heads, self.head_width).transpose(1, 2)

    def forward(
        self, x: Tensor, blocked: Tensor | None, past: KeyValues | None
    ) -> tuple[Tensor, KeyValues]:
        """`x` is (batch, length, width); `blocked` (length, length) marks the future as True.

        With `past`, `x` is the one next position and nothing is blocked.
        """
        q, k, v = self._split(self.query(x)), self._split(self.key(x)), self._split(self.value(x))
        if past is not None:
            k, v = torch.cat((past.keys, k), dim=2), torch.cat((past.values, v), dim=2)
        relative = self.distance(q)[..., -k.shape[2] :]  # (batch, heads, length, keys)
        if past is None:
            relative = skew(relative)
        scores = (q @ k.transpose(2, 3) + relative) / math.sqrt(self.head_width)
        if blocked is not None:
            scores = scores.masked_fill(blocked, -math.inf)
        mixed = scores.softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).flatten(2)), KeyValues(k, v)


class Block(nn.Module):
    """Attention and a two-layer network, each behind a norm and beside a skip connection."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(config.width)
        self.attention = RelativeAttention(config)
        self.hidden_norm = nn.LayerNorm(config.width)
        self.widen = nn.Linear(config.width, config.hidden)
        self.narrow = nn.Linear(config.hidden, config.width)

    def forward(
        self, x: Tensor, blocked: Tensor | None, past: KeyValues | None
    ) -> tuple[Tensor, KeyValues]:
        mixed, seen = self.attention(self.attention_norm(x), blocked, past)
        x = x + mixed
        narrowed: Tensor = self.narrow(functional.gelu(self.widen(self.hidden_norm(x))))
        return x + narrowed, seen


class MusicTransformer(nn.Module):
    """Maps tokens (batch, length) to next-token logits (batch, length, vocabulary)."""

    def __init__(self, config: ModelConfig, seed: int = 0) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.head = nn.Linear(config.width, config.vocabulary, bias=False)
        if config.tied:
            self.head.weight = self.embedding.weight
        self._initialise(torch.Generator().manual_seed(seed))

    @torch.no_grad()
    def _initialise(self, generator: torch.Generator) -> None:
        """Normal weights of deviation 0.02, less on the two ends of a skip (as GPT-2), no bias.

        Drawn from a generator of our own, so that a seed means one model whatever ran before.
        """
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                on_skip = name.endswith(("out.weight", "narrow.weight"))
                scale = 0.02 / math.sqrt(2 * self.config.layers) if on_skip else 0.02
                parameter.normal_(0.0, scale, generator=generator)
            elif name.endswith("bias"):
                parameter.zero_()

    def hidden(self, tokens: Tensor) -> Tensor:
        """The last hidden states, after the final norm: (batch, length, width)."""
        states, _ = self.read(tokens)
        return states

    def forward(self, tokens: Tensor) -> Tensor:
        logits: Tensor = self.head(self.hidden(tokens))
        return logits

    def read(
        self, tokens: Tensor, past: list[KeyValues] | None = None
    ) -> tuple[Tensor, list[KeyValues]]:
        """Hidden states (batch, length, width), and what the next call may continue from.

        Raises ValueError when tokens and past together are longer than `config.context`.
        """
        length = tokens.shape[1]
        total = length + (past[0].keys.shape[2] if past else 0)
        if total > self.config.context:
            raise ValueError(f"{total} tokens do not fit a context of {self.config.context}.")
        if past is not None and length != 1:
            raise ValueError("A sequence is continued by one token at a time.")
        ones = torch.ones(length, length, dtype=torch.bool, device=tokens.device)
        blocked = None if past is not None else ones.triu(1)
        x, seen = self.embedding(tokens), []
        for index, block in enumerate(self.blocks):
            x, kept = block(x, blocked, None if past is None else past[index])
            seen.append(kept)
        return self.norm(x), seen
