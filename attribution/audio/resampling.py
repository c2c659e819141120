"""A sound at another rate of samples, as a stream.

The filter is torchaudio's: a sinc that ends in a Hann window, six zeros wide on each side, 1 %
below the lower of both highest frequencies. It needs what lies around a sample. So blocks are
resampled with a margin of their neighbours' samples, and the margin's results left out: each
result comes from all that the whole sound has there. Blocks laid side by side are thus what
`torchaudio.transforms.Resample` gives for the whole sound, to rounding.

torchaudio holds the filter as a table of as many rows as the rates have new samples before they
meet again. For 44,100 and 32,000 these are 320; for 44,101 they would be 32,000 rows, of 5 GiB.
Such rates, which files may state and nobody uses, get the same filter computed sample by sample.
"""

import math
from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import torch

from attribution.audio.decoding import FloatArray
from attribution.audio.loading import torchaudio

ZEROS, ROLLOFF = 6, 0.99  # torchaudio's defaults
MOST_TABLE_NUMBERS = 1 << 22
_AT_ONCE = 1 << 15  # results of a filter that is computed: a few MiB of it


def resampled(
    blocks: Iterator[FloatArray], from_rate: int, to_rate: int, block_seconds: float = 10.0
) -> Iterator[FloatArray]:
    """A sound of `from_rate` samples a second at `to_rate`, in blocks of about `block_seconds`.

    n samples become ceil(n · to_rate / from_rate).
    """
    ratio = Fraction(from_rate, to_rate)
    if ratio == 1:
        yield from _gathered(blocks, max(1, round(block_seconds * from_rate)))
        return
    old, new = ratio.numerator, ratio.denominator  # samples of a step, after which both meet
    convert = _converter(old, new)
    margin_steps = 1 + _reach(old, new) // old
    block_steps = max(margin_steps, round(block_seconds * from_rate / old))
    held, past_steps = np.zeros(0, np.float32), 0  # of `held`, that were given out before
    for block in _gathered(blocks, block_steps * old):
        held = np.concatenate((held, block))
        ready_steps = len(held) // old - margin_steps
        if ready_steps <= past_steps:
            continue
        yield convert(held)[past_steps * new : ready_steps * new]
        done_steps = max(0, ready_steps - margin_steps)
        held, past_steps = held[done_steps * old :], ready_steps - done_steps
    rest = convert(held)[past_steps * new :] if len(held) else held
    if len(rest):
        yield rest


def _gathered(blocks: Iterator[FloatArray], size: int) -> Iterator[FloatArray]:
    """The same samples in blocks of `size`, the last one shorter."""
    held: list[FloatArray] = []
    n_held = 0
    for block in blocks:
        held.append(block)
        n_held += len(block)
        if n_held >= size:
            whole = np.concatenate(held)
            for start in range(0, n_held - size + 1, size):
                yield whole[start : start + size]
            held = [whole[n_held - n_held % size :]]
            n_held %= size
    if n_held:
        yield np.concatenate(held)


def _reach(old: int, new: int) -> int:
    """How far from its place a new sample hears, in old samples."""
    return math.ceil(ZEROS * old / (min(old, new) * ROLLOFF))


def _converter(old: int, new: int) -> Callable[[FloatArray], FloatArray]:
    if new * (old + 2 * _reach(old, new)) > MOST_TABLE_NUMBERS:
        return lambda samples: _computed(samples, old, new)
    resample = torchaudio().transforms.Resample(old, new)

    def convert(samples: FloatArray) -> FloatArray:
        with torch.no_grad():
            found: FloatArray = resample(torch.from_numpy(samples)).numpy()
        return found

    return convert


def _computed(samples: FloatArray, old: int, new: int) -> FloatArray:
    """The same filter without a table: (n,) to (ceil(n · new / old),)."""
    reach = _reach(old, new)
    padded = np.pad(samples, reach + 1)
    taps = np.arange(-reach, reach + 2)
    result = np.empty(-(-len(samples) * new // old), np.float32)
    for start in range(0, len(result), _AT_ONCE):
        numbers = np.arange(start, min(start + _AT_ONCE, len(result)), dtype=np.int64)
        before, part = np.divmod(numbers * old, new)  # the old sample before, and how far after it
        weights = _weights(taps - (part / new)[:, None], old, new)
        heard = padded[before[:, None] + taps + reach + 1]
        result[numbers] = np.einsum("nt,nt->n", heard, weights)
    return result


def _weights(distances: npt.NDArray[np.float64], old: int, new: int) -> FloatArray:
    """How much an old sample counts for a new one, by their distance in old samples."""
    cutoff = min(old, new) * ROLLOFF / old
    zeros = np.clip(distances * cutoff, -ZEROS, ZEROS)
    window = np.cos(zeros * math.pi / ZEROS / 2) ** 2
    weights: FloatArray = (np.sinc(zeros) * window * cutoff).astype(np.float32)
    return weights
