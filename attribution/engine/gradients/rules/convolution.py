"""Convolutions, unfolded into the Linear that they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from torch import Tensor, nn
from torch.nn import functional

from attribution.engine.gradients.pieces import Outer, Piece, Sum
from attribution.engine.gradients.rules.base import Rule

Convolution = nn.Conv1d | nn.Conv2d | nn.Conv3d


@dataclass(frozen=True)
class ConvolutionRule(Rule):
    """Ungrouped `nn.Conv1d`, `nn.Conv2d` and `nn.Conv3d`: each output position is a token."""

    def pieces(
        self, module: nn.Module, inputs: Tensor, grads: Tensor, samples: int
    ) -> Iterator[tuple[str, Piece]]:
        """Yield the weight as a matrix (out, in × kernel), and the bias's sum."""
        assert isinstance(module, Convolution)
        spatial = len(module.kernel_size)
        if inputs.dim() == spatial + 1:  # a lone sample may come without a batch dimension
            inputs, grads = inputs.unsqueeze(0), grads.unsqueeze(0)
        rows = grads.movedim(1, -1).reshape(samples, -1, module.out_channels).float()
        patches = unfold(module, inputs)
        yield "weight", Outer(rows, patches.reshape(samples, -1, patches.shape[-1]).float())
        yield "bias", Sum(rows)


def unfold(module: Convolution, inputs: Tensor) -> Tensor:
    """Return what the kernel sees at each position, (N, positions, in × kernel)."""
    mode = "constant" if module.padding_mode == "zeros" else module.padding_mode
    patches = functional.pad(inputs, module._reversed_padding_repeated_twice, mode)
    strides = zip(module.kernel_size, module.dilation, module.stride, strict=True)
    for place, (size, dilation, stride) in enumerate(strides):
        window = patches.unfold(2 + place, dilation * (size - 1) + 1, stride)
        patches = window[..., ::dilation]
    spatial = len(module.kernel_size)  # patches: (N, in, positions..., kernel...)
    patches = patches.movedim(1, 1 + spatial)
    positions = prod(patches.shape[1 : 1 + spatial])
    return patches.reshape(len(inputs), positions, -1)
