"""Recordings as a model hears them: one channel, one rate, block by block.

Hours of music need no more memory than seconds. What was taken in before is read here, in this
process; a file straight from a stranger goes through `attribution.audio.confined`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from torch import Tensor

from attribution.audio.decoding import FloatArray, UnreadableAudio, decoded
from attribution.audio.resampling import resampled

__all__ = ["FloatArray", "UnreadableAudio", "gathered", "read_mono", "read_tensor", "stream"]


def stream(
    source: Path | BinaryIO, samples_per_second: int, block_seconds: float = 10.0
) -> Iterator[FloatArray]:
    """The mean of the channels at the wanted rate, in blocks of about `block_seconds`.

    Laid side by side they are what resampling the whole recording gives, to rounding.

    Raises UnreadableAudio, where it is reached, for what is no whole recording.
    """
    own_rate, blocks = decoded(source)
    return resampled(blocks, own_rate, samples_per_second, block_seconds)


def read_mono(
    source: Path | BinaryIO, samples_per_second: int, most_seconds: float | None = None
) -> FloatArray:
    """A whole recording, or its first `most_seconds`: (n,) samples.

    Raises UnreadableAudio for what is no whole recording, and for one without samples.
    """
    return gathered(stream(source, samples_per_second), samples_per_second, most_seconds)


def read_tensor(source: Path | BinaryIO, samples_per_second: int) -> Tensor:
    """As `read_mono`, for torch."""
    return torch.from_numpy(read_mono(source, samples_per_second))


def gathered(
    blocks: Iterator[FloatArray], samples_per_second: int, most_seconds: float | None = None
) -> FloatArray:
    """Blocks of a stream as one array, up to `most_seconds`: (n,) samples.

    Raises UnreadableAudio if there are none.
    """
    most = None if most_seconds is None else round(most_seconds * samples_per_second)
    found: list[FloatArray] = []
    n_samples = 0
    for block in blocks:
        found.append(block)
        n_samples += len(block)
        if most is not None and n_samples >= most:
            break
    if not n_samples:
        raise UnreadableAudio.because("it holds no samples")
    return np.concatenate(found)[:most]
