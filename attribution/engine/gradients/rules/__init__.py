"""Which rule sees the parameters of a module, if any: one file for each kind.

A module that runs torch's own `forward` is known by its class (`rule_for`). Any other one, a
subclass or a third party's, may compute anything: it is recognised by what it *does*
(`recognise`). Its parameters' shapes suggest candidates, and one is taken when its gradient is
autograd's for a random output gradient on the input that the module really had. So GPT-2's
`Conv1D` and Llama's RMSNorm are found without their library, and a look-alike is not.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

from attribution.engine.gradients.attention import Projection
from attribution.engine.gradients.precision import close
from attribution.engine.gradients.rules.base import Form, Rule
from attribution.engine.gradients.rules.convolution import ConvolutionRule
from attribution.engine.gradients.rules.embedding import EmbeddingRule
from attribution.engine.gradients.rules.linear import LinearRule, TransposedRule
from attribution.engine.gradients.rules.norm import NormRule, ScaleRule
from attribution.engine.gradients.running import MODEL_ERRORS

__all__ = ["HOOKED", "Rule", "recognise", "rule_for"]

HOOKED = ("linear", "embedding", "convolution", "norm")

_AFFINE: dict[str, Form] = {"weight": "matrix", "bias": "vector"}
_SCALE: dict[str, Form] = {"weight": "vector", "bias": "vector"}
_LINEAR = LinearRule("linear", _AFFINE)
_TRANSPOSED = TransposedRule("linear", _AFFINE)
_EMBEDDING = EmbeddingRule("embedding", {"weight": "matrix"})
_CONVOLUTION = ConvolutionRule("convolution", _AFFINE)
_LAYER_NORM = NormRule("norm", _SCALE, centred=True)
_RMS_NORM = NormRule("norm", {"weight": "vector"}, centred=False)

RULES: dict[type[nn.Module], Rule] = {
    nn.Linear: _LINEAR,
    Projection: _LINEAR,
    nn.Embedding: _EMBEDDING,
    nn.Conv1d: _CONVOLUTION,
    nn.Conv2d: _CONVOLUTION,
    nn.Conv3d: _CONVOLUTION,
    nn.LayerNorm: _LAYER_NORM,
    nn.RMSNorm: _RMS_NORM,
}


def rule_for(module: nn.Module) -> Rule | None:
    """Return the rule that the module's class promises, or None."""
    for kind, rule in RULES.items():
        if isinstance(module, kind) and type(module).forward is kind.forward:
            return rule if _is_plain(module, rule) else None
    return None


def recognise(module: nn.Module, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Rule | None:
    """Return the rule whose gradient is autograd's on this call of `module`, or None.

    Only modules without others inside are tried: they are cheap to run once more.
    """
    owns = any(parameter is not None for parameter in module._parameters.values())
    if not owns or any(True for _ in module.children()):
        return None
    tensors = [*args, *kwargs.values()]
    if not tensors or not isinstance(tensors[0], Tensor) or module._forward_pre_hooks:
        return None
    inputs = tensors[0].detach()
    with suppress(*MODEL_ERRORS):  # a module that cannot be run on its first tensor alone
        for rule in _candidates(module, inputs):
            if _agrees(rule, module, inputs, args, kwargs):
                return rule
    return None


def _is_plain(module: nn.Module, rule: Rule) -> bool:
    """Refuse what a rule does not model: computed weights, rescaled gradients, groups."""
    if isinstance(module, nn.Embedding) and (
        module.scale_grad_by_freq or module.max_norm is not None or module.sparse
    ):
        return False
    if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Conv3d) and module.groups != 1:
        return False
    known = set(module._parameters) <= set(rule.forms)
    return known and not module._forward_pre_hooks and "parametrizations" not in module._modules


def _candidates(module: nn.Module, inputs: Tensor) -> Iterator[Rule]:
    """Yield rules by the shapes of the module's own parameters, the cheapest first."""
    shapes = {name: p.dim() for name, p in module._parameters.items() if p is not None}
    if set(shapes) <= {"weight", "bias"} and shapes.get("weight") == 2:
        if inputs.is_floating_point():
            yield from (_LINEAR, _TRANSPOSED)
        else:
            yield replace(_EMBEDDING, scale=_scale_of_lookup(module, inputs))
    if set(shapes.values()) == {1} and inputs.is_floating_point():
        if set(shapes) == {"weight"}:
            yield _RMS_NORM
        if set(shapes) == {"weight", "bias"}:
            yield _LAYER_NORM
        vectors: dict[str, Form] = dict.fromkeys(shapes, "vector")
        yield ScaleRule("norm", vectors, channel=-1)
        yield ScaleRule("norm", vectors, channel=1)


def _scale_of_lookup(module: nn.Module, inputs: Tensor) -> float:
    """Return the factor between what the module gives and the rows that its input names."""
    with torch.no_grad():
        rows = module.get_parameter("weight")[inputs]
        return float((module(inputs) * rows).sum() / rows.square().sum())


def _agrees(
    rule: Rule,
    module: nn.Module,
    inputs: Tensor,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> bool:
    """Compare the rule with autograd for a random gradient of the module's output."""
    own = {
        name: parameter.detach().clone().requires_grad_()
        for name, parameter in module._parameters.items()
        if parameter is not None
    }
    with torch.enable_grad():
        output = functional_call(module, own, args, dict(kwargs))
    if not isinstance(output, Tensor):
        return False
    generator = torch.Generator().manual_seed(0)
    grads = torch.randn(output.shape, generator=generator).to(output)
    exact = torch.autograd.grad(output, list(own.values()), grads)
    expected = [grad.to_dense() if grad.is_sparse else grad for grad in exact]
    try:
        pieces = rule.pieces(module, inputs, grads, 1)
        found = {
            name: piece.dense().reshape(own[name].shape) for name, piece in pieces if name in own
        }
    except MODEL_ERRORS:  # the formula does not even fit the shapes
        return False
    return all(
        bool(grad.any())  # nothing can be told from an input that moves nothing
        and close((found[name] - grad.float()).norm(), grad.float().norm(), grad.dtype)
        for name, grad in zip(own, expected, strict=True)
    )
