"""A recording cut into overlapping windows that know when they begin and end."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Windows:
    """Where each window begins and ends, in samples; the end is the first sample after it."""

    samples_per_second: int
    starts: npt.NDArray[np.int64]  # (n,)
    ends: npt.NDArray[np.int64]  # (n,)

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def seconds(self) -> npt.NDArray[np.float64]:
        """When each begins and ends: (n, 2)."""
        return np.stack((self.starts, self.ends), axis=1) / self.samples_per_second


def cut(
    n_samples: int, samples_per_second: int, window_seconds: float, hop_seconds: float
) -> Windows:
    """Windows of one length, a hop apart, in which every sample is at least once.

    The last one is moved back to end with the recording, instead of being short: a window of a
    few samples would look to a model like no other. A recording shorter than a window is one.

    Raises ValueError for an empty recording and for windows that would leave gaps.
    """
    size, hop = (round(each * samples_per_second) for each in (window_seconds, hop_seconds))
    if n_samples < 1:
        raise ValueError("A recording without samples has no windows.")
    if not 1 <= hop <= size:
        raise ValueError(
            f"Windows of {window_seconds:g} s every {hop_seconds:g} s leave gaps or do not move on;"
            " take a hop above 0 s and no longer than the window."
        )
    last = max(0, n_samples - size)
    starts = np.append(np.arange(0, last, hop, dtype=np.int64), last)
    return Windows(samples_per_second, starts, np.minimum(starts + size, n_samples))
