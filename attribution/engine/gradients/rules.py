"""How each kind of module turns (its input, the gradient of its output) into gradient pieces.

Linear: Σ_t g_t a_tᵀ; bias Σ_t g_t. Embedding: row v is Σ_t g_t over the tokens equal to v.
LayerNorm and RMSNorm: Σ_t g_t x̂_t and Σ_t g_t, with x̂ the normalised input. A rule applies to a
module only where it runs torch's own `forward`: a subclass with another one may compute anything.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Literal

from torch import Tensor, nn
from torch.nn import functional

from attribution.engine.gradients.pieces import Lookup, Outer, Piece, Sum

Form = Literal["matrix", "vector"]


@dataclass(frozen=True)
class Rule(ABC):
    """One kind of module. `forms` maps each attribute that is a parameter to its form."""

    kind: str
    forms: dict[str, Form]

    @abstractmethod
    def pieces(
        self, module: nn.Module, inputs: Tensor, grads: Tensor, samples: int
    ) -> Iterator[tuple[str, Piece]]:
        """Yield (attribute, piece), with all dimensions between sample and feature as tokens."""


@dataclass(frozen=True)
class LinearRule(Rule):
    """`nn.Linear` on inputs of any number of dimensions."""

    def pieces(
        self, module: nn.Module, inputs: Tensor, grads: Tensor, samples: int
    ) -> Iterator[tuple[str, Piece]]:
        """Yield the weight's outer products and the bias's sum."""
        rows = grads.reshape(samples, -1, grads.shape[-1]).float()
        yield "weight", Outer(rows, inputs.reshape(samples, -1, inputs.shape[-1]).float())
        yield "bias", Sum(rows)


@dataclass(frozen=True)
class EmbeddingRule(Rule):
    """`nn.Embedding`; the padding row never receives a gradient, as in autograd."""

    def pieces(
        self, module: nn.Module, inputs: Tensor, grads: Tensor, samples: int
    ) -> Iterator[tuple[str, Piece]]:
        """Yield one lookup."""
        assert isinstance(module, nn.Embedding)
        tokens = inputs.reshape(samples, -1).long()
        columns = grads.reshape(samples, -1, grads.shape[-1]).float()
        if module.padding_idx is not None:
            columns = columns * (tokens != module.padding_idx).unsqueeze(-1)
        yield "weight", Lookup(tokens, columns, module.num_embeddings)


@dataclass(frozen=True)
class NormRule(Rule):
    """`nn.LayerNorm` and `nn.RMSNorm` over their last dimensions."""

    def pieces(
        self, module: nn.Module, inputs: Tensor, grads: Tensor, samples: int
    ) -> Iterator[tuple[str, Piece]]:
        """Yield Σ g·x̂ for the scale and Σ g for the shift."""
        assert isinstance(module, nn.LayerNorm | nn.RMSNorm)
        shape = list(module.normalized_shape)
        if isinstance(module, nn.LayerNorm):
            normal = functional.layer_norm(inputs, shape, None, None, module.eps)
        else:
            normal = functional.rms_norm(inputs, shape, None, module.eps)
        width = prod(shape)
        shift = grads.reshape(samples, -1, width).float()
        yield "weight", Sum(shift * normal.reshape(samples, -1, width).float())
        yield "bias", Sum(shift)


RULES: dict[type[nn.Module], Rule] = {
    nn.Linear: LinearRule("linear", {"weight": "matrix", "bias": "vector"}),
    nn.Embedding: EmbeddingRule("embedding", {"weight": "matrix"}),
    nn.LayerNorm: NormRule("norm", {"weight": "vector", "bias": "vector"}),
    nn.RMSNorm: NormRule("norm", {"weight": "vector"}),
}


def rule_for(module: nn.Module) -> Rule | None:
    """Return the rule that sees all of this module's parameters, or None."""
    for kind, rule in RULES.items():
        if isinstance(module, kind) and type(module).forward is kind.forward:
            return rule if _is_plain(module, rule) else None
    return None


def _is_plain(module: nn.Module, rule: Rule) -> bool:
    """Refuse what a rule does not model: computed weights, rescaled embedding gradients."""
    if isinstance(module, nn.Embedding) and (
        module.scale_grad_by_freq or module.max_norm is not None or module.sparse
    ):
        return False
    known = set(module._parameters) <= set(rule.forms)
    return known and not module._forward_pre_hooks and "parametrizations" not in module._modules
