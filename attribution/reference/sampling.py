"""Writing new music with a trained model: seeded ancestral sampling.

Owns the loop and the choice of the next token. The same model, prompts, options and seed give the
same tokens whatever was sampled before; the rows of a batch are independent draws. It must not
decode tokens or judge what they are worth.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from attribution.reference.arrays import AnyTokens, Tokens
from attribution.reference.model import MusicTransformer
from attribution.reference.training import one_thread


@dataclass(frozen=True)
class SamplingConfig:
    """`top_p` keeps the fewest tokens whose probabilities reach it together (1 keeps all)."""

    temperature: float = 1.0
    top_p: float = 0.95
    seed: int = 0

    def __post_init__(self) -> None:
        if self.temperature <= 0 or not 0 < self.top_p <= 1:
            raise ValueError(f"Temperature must be above 0 and top_p in (0, 1]: {self}.")


def next_token_probabilities(logits: Tensor, config: SamplingConfig) -> Tensor:
    """(batch, vocabulary) logits to probabilities after temperature and top-p."""
    p = (logits / config.temperature).softmax(dim=-1)
    ranked, order = p.sort(dim=-1, descending=True, stable=True)
    before = ranked.cumsum(dim=-1) - ranked  # what the more likely tokens have together
    kept = torch.zeros_like(p).scatter(1, order, ranked * (before < config.top_p))
    return kept / kept.sum(dim=-1, keepdim=True)


def sample(
    model: MusicTransformer,
    prompts: Sequence[AnyTokens],
    n_tokens: int,
    bos: int,
    config: SamplingConfig,
    never: Sequence[int] = (),
) -> list[Tokens]:
    """Continues each prompt up to `n_tokens` tokens in all, prompt included.

    Prompts have one length; empty ones begin a piece. Beyond the model's context it sees the
    start token and the second half of what it wrote, as if the piece began there. `never` lists
    tokens that are not to be written beside the start token.
    Raises ValueError for prompts of several lengths or as long as the result.
    """
    lengths = {len(prompt) for prompt in prompts}
    if len(lengths) != 1 or max(lengths) >= n_tokens:
        raise ValueError(f"Prompts need one length below {n_tokens}, not {sorted(lengths)}.")
    written = torch.from_numpy(np.stack(prompts).astype(np.int64))  # (batch, so far)
    generator = torch.Generator().manual_seed(config.seed)
    with one_thread(), torch.inference_mode():
        while written.shape[1] < n_tokens:
            seen = written[:, written.shape[1] - _remembered(model, written.shape[1]) :]
            room = min(n_tokens - written.shape[1], model.config.context - seen.shape[1])
            new = _continue(model, seen, room, [bos, *never], config, generator)
            written = torch.cat((written, new), dim=1)
    return [row.numpy().astype(np.int16) for row in written]


def _remembered(model: MusicTransformer, length: int) -> int:
    """How many of the last tokens to start from: all while they fit, then half a context."""
    return length if length < model.config.context else model.config.context // 2


def _continue(
    model: MusicTransformer,
    seen: Tensor,
    room: int,
    barred: Sequence[int],
    config: SamplingConfig,
    generator: torch.Generator,
) -> Tensor:
    """`room` new tokens after `seen` (batch, length): (batch, room). barred[0] starts a piece."""
    start = torch.full((len(seen), 1), barred[0], dtype=torch.int64)
    states, past = model.read(torch.cat((start, seen), dim=1))
    new: list[Tensor] = []
    while True:
        logits = model.head(states[:, -1])
        logits[:, list(barred)] = -torch.inf
        chosen = torch.multinomial(next_token_probabilities(logits, config), 1, generator=generator)
        new.append(chosen)
        if len(new) == room:
            return torch.cat(new, dim=1)
        states, past = model.read(chosen, past)
