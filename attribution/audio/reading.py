"""Recordings as a model hears them: one channel, one rate, block by block.

Hours of music need no more memory than seconds. `stream` and `read_mono` decode in this process,
for files that one made oneself; workers, which read strangers' files, take `read_tensor`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import torch
from torch import Tensor

from attribution.audio.confined import read_confined
from attribution.audio.decoding import FloatArray, UnreadableAudio, decoded, gathered
from attribution.audio.resampling import resampled

__all__ = ["FloatArray", "UnreadableAudio", "read_mono", "read_tensor", "stream"]


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


def read_tensor(path: Path, samples_per_second: int) -> Tensor:
    """As `read_mono`, for torch, decoded in a confined child: no worker dies of a file.

    Raises UnreadableAudio.
    """
    return torch.from_numpy(read_confined(path, samples_per_second))
