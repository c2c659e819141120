"""Plain embedding similarity: what people use when they do not attribute.

Owns the baseline that attribution is compared with: the mean last hidden state of a window, at
unit norm. It says what sounds alike to the model, not what the model learned from. It must not
touch gradients.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from attribution.reference.arrays import AnyTokens
from attribution.reference.model import MusicTransformer
from attribution.reference.segments import pad
from attribution.reference.training import one_thread


def embed(
    model: MusicTransformer,
    sequences: Sequence[AnyTokens],
    bos: int,
    batch_size: int = 32,
) -> NDArray[np.float32]:
    """Unit vectors of token sequences, each of at most `context` tokens: (n, width)."""
    rows = []
    with one_thread(), torch.inference_mode():
        for start in range(0, len(sequences), batch_size):
            windows = pad(sequences[start : start + batch_size], bos)
            states = model.hidden(torch.from_numpy(windows.inputs))
            weight = torch.from_numpy(windows.mask).unsqueeze(2)
            mean = (states * weight).sum(1) / weight.sum(1)
            rows.append(torch.nn.functional.normalize(mean, dim=1).numpy())
    return np.concatenate(rows) if rows else np.zeros((0, model.config.width), np.float32)
