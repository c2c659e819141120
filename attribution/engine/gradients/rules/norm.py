"""Normalisations over the last dimensions, and any other scale and shift of channels."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

from attribution.engine.gradients.pieces import Piece, Sum
from attribution.engine.gradients.rules.base import Rule


@dataclass(frozen=True)
class NormRule(Rule):
    """LayerNorm (`centred`) and RMSNorm: Σ_t g_t x̂_t and Σ_t g_t, x̂ the normalised input."""

    centred: bool

    def pieces(
        self, module: nn.Module, inputs: Tensor, grads: Tensor, samples: int
    ) -> Iterator[tuple[str, Piece]]:
        """Yield the scale's and the shift's sums, from a normalisation of our own in float32."""
        shape = list(module.get_parameter("weight").shape)
        epsilon = _epsilon(module)
        if self.centred:
            normal = functional.layer_norm(inputs.float(), shape, None, None, epsilon or 0.0)
        else:
            normal = functional.rms_norm(inputs.float(), shape, None, epsilon)
        width = prod(shape)
        shift = grads.reshape(samples, -1, width).float()
        yield "weight", Sum(shift * normal.reshape(samples, -1, width))
        yield "bias", Sum(shift)


@dataclass(frozen=True)
class ScaleRule(Rule):
    """A module whose output channel c is affine in the c-th number of each of its vectors.

    Its derivative is then the module's output with the vector at one, less that at zero, whatever
    the module computes besides: GroupNorm, BatchNorm with fixed statistics, a layer scale, an
    RMSNorm that multiplies by 1 + weight. It costs two runs of the module for each vector.
    """

    channel: int  # dimension of the output that the vectors run along

    def pieces(
        self, module: nn.Module, inputs: Tensor, grads: Tensor, samples: int
    ) -> Iterator[tuple[str, Piece]]:
        """Yield a sum for each vector."""
        for attribute in self.forms:
            products = grads.float() * self._derivative(module, attribute, inputs)
            by_channel = products.movedim(self.channel, -1)
            yield attribute, Sum(by_channel.reshape(samples, -1, by_channel.shape[-1]))

    def _derivative(self, module: nn.Module, attribute: str, inputs: Tensor) -> Tensor:
        vector = module.get_parameter(attribute).detach()
        with torch.no_grad():
            ones = functional_call(module, {attribute: torch.ones_like(vector)}, (inputs,))
            zeros = functional_call(module, {attribute: torch.zeros_like(vector)}, (inputs,))
        difference: Tensor = ones.float() - zeros.float()
        return difference


def _epsilon(module: nn.Module) -> float | None:
    """Return the number that a norm adds under its root; torch's own RMSNorm allows None."""
    for name in ("eps", "variance_epsilon", "epsilon"):
        value = getattr(module, name, None)
        if isinstance(value, float):
            return value
    return None
