"""What is differentiated for a segment of tokens: small functions that can be swapped.

Each takes the model's logits (B, T, V), the tokens that came next (B, T) and which of them count
(B, T), and returns one number a segment, (B,), *summed* over its tokens: a score then means
"remove this whole segment". Write your own with the same signature. Loss falls and margin rises
as a model learns; a score is a product of two gradients, so both give scores of the same sign.
"""

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor
from torch.nn import functional

TokenOutput: TypeAlias = Callable[[Tensor, Tensor, Tensor], Tensor]


def summed_loss(logits: Tensor, targets: Tensor, counted: Tensor) -> Tensor:
    """Return the cross-entropy of each segment in nats, −Σ_t log p(target_t), (B,)."""
    losses = functional.cross_entropy(logits.float().transpose(1, 2), targets, reduction="none")
    return (losses * counted).sum(1)


def summed_margin(logits: Tensor, targets: Tensor, counted: Tensor) -> Tensor:
    """Return the log-odds of the right tokens, Σ_t log(p/(1 − p)), (B,).

    The output function of TRAK (Park et al., 2303.14186, section 3.1). Unlike the loss, its
    gradient does not vanish where the model is sure. The odds are the right token's logit less
    the log-sum-exp of all others, which is exact where 1 − p would round to zero.
    """
    numbers = logits.float()
    right = numbers.gather(2, targets.unsqueeze(2))
    others = numbers.scatter(2, targets.unsqueeze(2), -torch.inf).logsumexp(2)
    return ((right.squeeze(2) - others) * counted).sum(1)
