"""What is differentiated for a segment of a diffusion model: small functions that can be swapped.

Each takes the noise that the model found and the noise that was added, (B, S, T, D) at S levels,
and which steps count, (B, T); it returns one number a segment, (B,), summed over its steps and
averaged over the levels. All but the loss are output functions of D-TRAK (Zheng, Pang, Du, Jiang
and Lin, arXiv:2311.00500, table 1): they do not look at the noise that was added at all, and on its
authors' image models retraining agreed with them more than with the loss.
"""

from collections.abc import Callable
from typing import TypeAlias

from torch import Tensor

NoiseOutput: TypeAlias = Callable[[Tensor, Tensor, Tensor], Tensor]


def summed_error(found: Tensor, added: Tensor, scored: Tensor) -> Tensor:
    """‖ε − ε̂‖², the loss that the model is trained with, (B,)."""
    return _gather((added - found).square(), scored)


def summed_square(found: Tensor, added: Tensor, scored: Tensor) -> Tensor:
    """‖ε̂‖², D-TRAK's L-square, (B,)."""
    return _gather(found.square(), scored)


def summed_mean(found: Tensor, added: Tensor, scored: Tensor) -> Tensor:
    """The sum of ε̂, D-TRAK's L-avg without its division, (B,)."""
    return _gather(found, scored)


def summed_magnitude(found: Tensor, added: Tensor, scored: Tensor) -> Tensor:
    """‖ε̂‖₁, D-TRAK's L-1-norm, (B,)."""
    return _gather(found.abs(), scored)


NOISE_OUTPUTS: dict[str, NoiseOutput] = {
    "error": summed_error,
    "square": summed_square,
    "mean": summed_mean,
    "magnitude": summed_magnitude,
}


def _gather(by_number: Tensor, scored: Tensor) -> Tensor:
    return (by_number.sum(3).mean(1) * scored).sum(1)
