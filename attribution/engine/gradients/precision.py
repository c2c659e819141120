"""How far two computations of one gradient may differ by rounding alone."""

import torch
from torch import Tensor

# Rounding stays near 1e-5 in float32 and 1e-2 in half precision; a missing use shows as 1e-1.
RELATIVE = {torch.float64: 1e-3, torch.float32: 1e-3, torch.float16: 5e-2, torch.bfloat16: 5e-2}
OF_WHOLE = {torch.float64: 1e-5, torch.float32: 1e-5, torch.float16: 1e-2, torch.bfloat16: 1e-2}


def close(error: Tensor, length: Tensor, dtype: torch.dtype, whole: Tensor | float = 0.0) -> bool:
    """Whether every `error` is within the rounding of `dtype` for gradients of this `length`.

    All are lengths of vectors, (...). `whole` is the length of the gradient of *all* parameters: a
    parameter whose gradient cancels to nothing holds rounding noise in proportion to it. NaN is
    never close.
    """
    return bool((error <= RELATIVE[dtype] * length + OF_WHOLE[dtype] * whole).all())
