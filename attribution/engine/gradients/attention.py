"""Lets hooks see into `nn.MultiheadAttention`, which uses its weights without calling a module.

While a model is `exposed`, each plain attention runs a forward of our own. It computes the same,
but calls its packed projection as a module, `in_proj`, that is there for that long and owns no
parameter, and its output projection as the module that it is. Rules then see both, at the price of
ordinary Linears. Names of parameters, state and modules of the model are as before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from math import sqrt
from typing import TypeGuard

import torch
from torch import Tensor, nn
from torch.nn import functional

IN_PROJ = "in_proj"
EXPOSED = {"in_proj_weight": "weight", "in_proj_bias": "bias"}  # attribute → that of in_proj


class Projection(nn.Module):
    """Queries, keys and values of one attention, (..., E) → (..., 3E)."""

    def __init__(self, attention: nn.MultiheadAttention) -> None:
        super().__init__()
        self._source = (attention,)  # a tuple, so that it is no submodule

    def forward(self, x: Tensor) -> Tensor:
        """Apply the packed weight as it is now."""
        (source,) = self._source
        return functional.linear(x, source.in_proj_weight, source.in_proj_bias)


@contextmanager
def exposed(model: nn.Module) -> Iterator[None]:
    """Run every plain attention of `model` with its projections as modules."""
    opened = [module for module in model.modules() if can_be_exposed(module)]
    for module in opened:
        module._modules[IN_PROJ] = Projection(module)
        module.__dict__["forward"] = partial(_forward, module)
    try:
        yield
    finally:
        for module in opened:
            del module.__dict__["forward"]
            del module._modules[IN_PROJ]


def can_be_exposed(module: nn.Module) -> TypeGuard[nn.MultiheadAttention]:
    """Whether the module is an attention that `_forward` computes: one width, no added keys."""
    return (
        isinstance(module, nn.MultiheadAttention)
        and type(module).forward is nn.MultiheadAttention.forward
        and "forward" not in module.__dict__
        and module._parameters.get("in_proj_weight") is not None
        and module.bias_k is None
        and not module.add_zero_attn
    )


def _forward(  # noqa: PLR0913, PLR0917 (torch's signature)
    module: nn.MultiheadAttention,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Compute what torch's forward does without dropout; `is_causal` only hints at the mask."""
    if query.dim() != 3:  # one sample without a batch dimension: hooks could not tell it apart
        masks = (key_padding_mask, need_weights, attn_mask, average_attn_weights, is_causal)
        return type(module).forward(module, query, key, value, *masks)
    packed = {id(x): module.get_submodule(IN_PROJ)(x) for x in (query, key, value)}
    q, k, v = (
        _heads(module, packed[id(x)].chunk(3, dim=-1)[place])
        for place, x in enumerate((query, key, value))
    )
    mask = _mask(q, attn_mask, key_padding_mask)
    if need_weights:
        scores = q @ k.transpose(2, 3) / sqrt(module.head_dim)
        weights = (scores if mask is None else scores + mask).softmax(-1)
        mixed, told = weights @ v, weights.mean(1) if average_attn_weights else weights
    else:
        mixed, told = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask), None
    by_token = mixed.transpose(1, 2).flatten(2)  # (B, L, E)
    return module.out_proj(by_token if module.batch_first else by_token.transpose(0, 1)), told


def _heads(module: nn.MultiheadAttention, packed: Tensor) -> Tensor:
    """Return (B, heads, L, E / heads) of (B, L, E), or of (L, B, E) where time comes first."""
    by_token = packed if module.batch_first else packed.transpose(0, 1)
    return by_token.reshape(*by_token.shape[:2], module.num_heads, -1).transpose(1, 2)


def _mask(q: Tensor, attention: Tensor | None, padding: Tensor | None) -> Tensor | None:
    """Return what is added to the scores, (B or 1, heads or 1, L or 1, S)."""
    added = None if attention is None else _additive(attention, q)
    if added is not None:
        shape = (1, 1, *added.shape) if added.dim() == 2 else (len(q), -1, *added.shape[1:])
        added = added.view(shape)
    if padding is not None:
        hidden = _additive(padding, q)[:, None, None, :]
        added = hidden if added is None else added + hidden
    return added


def _additive(mask: Tensor, q: Tensor) -> Tensor:
    if mask.dtype != torch.bool:
        return mask.to(q.dtype)
    return torch.zeros_like(mask, dtype=q.dtype).masked_fill(mask, -torch.inf)
