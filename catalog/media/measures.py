"""What was measured of a recording, in numbers. A confined child said so of a hostile file, so that
it is checked here as a stranger's word."""

import math
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from catalog.media.kinds import LONGEST_SECONDS


@dataclass(frozen=True)
class Measures:
    """Decibels are None where there is nothing to measure: no sound, or too little of it."""

    seconds: float
    samples_per_second: int
    n_channels: int
    loudness_lufs: float | None  # integrated, gated (ITU-R BS.1770-4)
    true_peak_dbtp: float | None  # of the wave between the samples
    sample_peak_dbfs: float | None
    dc_percent: float  # of full scale, in the channel that is farthest from the middle
    silent_seconds: float  # in which every channel stays below -60 dBFS
    silent_start_seconds: float
    silent_end_seconds: float
    clipped_samples: int  # at full scale, three or more in a row
    clipped_runs: int  # such rows

    @property
    def is_silent(self) -> bool:
        """Whether all of it stays below -60 dBFS."""
        return self.silent_start_seconds >= self.seconds

    @classmethod
    def from_answer(cls, answer: Any) -> Self:
        """Raises KeyError, TypeError or ValueError for what is no measurement."""
        found = cls(**{each.name: answer[each.name] for each in fields(cls)})
        found._refuse_nonsense()
        return found

    def as_answer(self) -> dict[str, Any]:
        """What `from_answer` reads."""
        return asdict(self)

    def _refuse_nonsense(self) -> None:
        decibels = (self.loudness_lufs, self.true_peak_dbtp, self.sample_peak_dbfs)
        if not all(value is None or _is_number(value, -400, 100) for value in decibels):
            raise ValueError("Decibels of a recording lie between -400 and 100.")
        silences = (self.silent_seconds, self.silent_start_seconds, self.silent_end_seconds)
        if not all(_is_number(value, 0, LONGEST_SECONDS) for value in (self.seconds, *silences)):
            raise ValueError("A recording lasts as long as a piece may.")
        if not _is_number(self.dc_percent, 0, 100_000):
            raise ValueError("The middle of a wave lies within what samples may be.")
        counts = (
            self.samples_per_second,
            self.n_channels,
            self.clipped_samples,
            self.clipped_runs,
        )
        if not all(type(value) is int and value >= 0 for value in counts):
            raise ValueError("Samples and channels are counted.")


def _is_number(value: object, least: float, most: float) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and least <= value <= most  # type: ignore[arg-type, operator]
