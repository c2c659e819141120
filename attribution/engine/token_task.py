"""A ready-made `Task` for any causal language model: sequences of tokens in, one number each out.

Owns padding and its masks. It knows nothing of where sequences come from and what the numbers are
for; the model may be a Hugging Face one or any module that maps tokens to logits.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from attribution.engine.errors import BadGradients
from attribution.engine.outputs import TokenOutput, summed_loss
from attribution.engine.task import IntArray

Tokens: TypeAlias = Sequence[int] | IntArray
Sequences: TypeAlias = Sequence[Tokens] | Callable[[int], Tokens]


class TokenBatch(NamedTuple):
    """Sequences of a batch, padded on the right."""

    tokens: Tensor  # (B, T) int64: what the model reads
    targets: Tensor  # (B, T) int64: what comes next
    counted: Tensor  # (B, T) bool: False where padded


@dataclass(frozen=True)
class TokenTask:
    """Segments of tokens, each predicted from those before it.

    sequences: by segment number, a list or a function.
    output: what is differentiated, see `attribution.engine.outputs`.
    start: a token set before each sequence, so that its first token counts too; None for none.
    padding: a token of the model's vocabulary to fill up with; it is masked, so any will do.
    device: where the model is.

    The model's forward is given the tokens first, and `attention_mask` and `use_cache=False` if
    it has parameters of these names. Logits are what it returns, or the `logits` of that, or the
    first part of a tuple.
    """

    sequences: Sequences
    output: TokenOutput = summed_loss
    start: int | None = None
    padding: int = 0
    device: torch.device | str = "cpu"

    def batch(self, segments: IntArray) -> TokenBatch:
        """Return the padded sequences. Raises BadGradients for one that predicts nothing."""
        rows = [self._row(int(segment)) for segment in segments]
        tokens = pad_sequence([row[:-1] for row in rows], True, self.padding)
        targets = pad_sequence([row[1:] for row in rows], True, self.padding)
        lengths = torch.tensor([len(row) - 1 for row in rows])
        counted = torch.arange(tokens.shape[1]) < lengths.unsqueeze(1)
        return TokenBatch(*(part.to(self.device) for part in (tokens, targets, counted)))

    def sample_outputs(self, model: nn.Module, batch: TokenBatch) -> Tensor:
        """Return `output` of each sequence, (B,).

        Raises BadGradients when the model returns no logits for these tokens.
        """
        logits = _logits(model, batch)
        if logits.dim() != 3 or logits.shape[:2] != batch.targets.shape:
            raise BadGradients(
                f"The model returned logits of shape {tuple(logits.shape)} for "
                f"{tuple(batch.tokens.shape)} tokens; TokenTask needs (batch, time, vocabulary). "
                "Write a Task of your own for this model."
            )
        _refuse_foreign_tokens(batch, logits.shape[2])
        return self.output(logits, batch.targets, batch.counted)

    def _row(self, segment: int) -> Tensor:
        found = self.sequences(segment) if callable(self.sequences) else self.sequences[segment]
        row = torch.as_tensor(np.asarray(found, dtype=np.int64))
        if self.start is not None:
            row = torch.cat([torch.tensor([self.start]), row])
        if row.dim() != 1 or len(row) < 2:
            raise BadGradients(
                f"Segment {segment} has {row.numel()} tokens, and nothing can be predicted: give "
                "it two at least, or set TokenTask.start."
            )
        return row


def _logits(model: nn.Module, batch: TokenBatch) -> Tensor:
    known = inspect.signature(model.forward).parameters
    extras: dict[str, Any] = {"attention_mask": batch.counted.long(), "use_cache": False}
    try:
        found = model(batch.tokens, **{name: extras[name] for name in extras if name in known})
    except IndexError as error:
        raise BadGradients(
            f"The model has no place for one of these tokens ({error}): they run from "
            f"{int(batch.tokens.min())} to {int(batch.tokens.max())}, and sequences are up to "
            f"{batch.tokens.shape[1]} tokens long. Compare with the model's vocabulary and context."
        ) from error
    logits = getattr(found, "logits", found[0] if isinstance(found, tuple) else found)
    if not isinstance(logits, Tensor):
        raise BadGradients(
            f"The model returned {type(found).__name__} and no logits. Write a Task of your own "
            "for this model."
        )
    return logits


def _refuse_foreign_tokens(batch: TokenBatch, vocabulary: int) -> None:
    low, high = int(batch.targets.min()), int(batch.targets.max())
    if low < 0 or high >= vocabulary:
        raise BadGradients(
            f"Tokens from {low} to {high} were given to a model with a vocabulary of {vocabulary}. "
            "Use the tokenizer that the model was trained with."
        )
