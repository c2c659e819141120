"""The exact gradient of every segment, by torch's own vectorised differentiation.

Deliberately not the engine's hooks: the exact methods are the yardstick that the engine's
compressed rows are held against, and share nothing with them but the curvature. Needs memory for
all gradients at once, 4 bytes · segments · parameters.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.func import functional_call, grad, vmap
from torch.nn import functional

from attribution.engine import Curvature
from attribution.reference.arrays import Tokens
from attribution.reference.model import MusicTransformer
from attribution.reference.segments import pad
from attribution.reference.training import one_thread

Gradients = dict[str, NDArray[np.float32]]  # parameter → (n, *shape)
_BATCH = 4


def sample_gradients(model: MusicTransformer, sequences: Sequence[Tokens], bos: int) -> Gradients:
    """Return the gradient of each sequence's summed loss for every parameter."""
    parameters = {name: value.detach() for name, value in model.named_parameters()}

    def loss(weights: dict[str, Tensor], inputs: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
        logits = functional_call(model, weights, (inputs[None],))[0]
        return (functional.cross_entropy(logits, targets, reduction="none") * mask).sum()

    each: Any = vmap(grad(loss), in_dims=(None, 0, 0, 0))
    found = {
        name: np.empty((len(sequences), *value.shape), dtype=np.float32)
        for name, value in parameters.items()
    }
    with one_thread():
        for start in range(0, len(sequences), _BATCH):
            windows = pad(sequences[start : start + _BATCH], bos)
            batch = each(parameters, *(torch.from_numpy(array) for array in windows))
            for name, value in batch.items():
                found[name][start : start + _BATCH] = value.numpy()
    return found


def rotate(gradients: Gradients, curvature: Curvature) -> None:
    """Turn each gradient, in place, into the eigenbasis of its parameter's curvature factors.

    Inner products stay what they were, and whitening becomes a product by coordinate.
    """
    with one_thread():
        for name, factors in curvature.parameters.items():
            values = torch.from_numpy(gradients[name])
            if factors.columns.vectors is not None:
                values.copy_(values @ torch.from_numpy(factors.columns.vectors))
            if factors.rows is not None and factors.rows.vectors is not None:
                values.copy_(torch.from_numpy(factors.rows.vectors).T @ values)
