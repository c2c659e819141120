"""Seconds of each contestant beside the baseline's, in turns, so that drifts cancel.

On a CPU the clock counts the processor time of this process, which other programs disturb least;
on a GPU it waits for the device and counts real time.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np
import torch

from benchmarks.featurise.contestants import Prepared

PATIENCE_SECONDS, LEAST_ROUNDS = 40.0, 3


@dataclass(frozen=True)
class Clock:
    """Seconds spent on a device."""

    device: torch.device

    def seconds(self) -> float:
        """Return the reading once everything that was asked for is done."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
            return time.perf_counter()
        return time.process_time()

    def of(self, prepared: Prepared) -> float:
        """Return what one batch takes."""
        started = self.seconds()
        prepared.run()
        return self.seconds() - started


@dataclass(frozen=True)
class Timing:
    """One contestant's seconds, and the baseline's in the same rounds."""

    seconds: tuple[float, ...]
    baseline_seconds: tuple[float, ...]

    @property
    def median_seconds(self) -> float:
        """Median of the contestant's."""
        return median(self.seconds)

    @property
    def median_baseline_seconds(self) -> float:
        """Median of the baseline's."""
        return median(self.baseline_seconds)

    @property
    def ratio(self) -> float:
        """Median of the ratios to the baseline of the same round."""
        return median(self._ratios)

    @property
    def ratio_quartiles(self) -> tuple[float, float]:
        """First and third quartile of these ratios."""
        low, high = np.quantile(self._ratios, (0.25, 0.75))
        return float(low), float(high)

    @property
    def _ratios(self) -> list[float]:
        pairs = zip(self.seconds, self.baseline_seconds, strict=True)
        return [mine / base for mine, base in pairs]


def in_turns(
    clock: Clock, baseline: Prepared, others: Mapping[str, Prepared], rounds: int
) -> dict[str, Timing]:
    """Run all once unmeasured, then up to `rounds` times in turns, the baseline between any two.

    The baseline of a turn is the mean of the step before and the step after it. Whoever takes long
    leaves after fewer rounds, of PATIENCE_SECONDS together.
    """
    baseline.run()
    left = {name: _rounds(clock.of(prepared), rounds) for name, prepared in others.items()}
    seconds: dict[str, list[float]] = {name: [] for name in others}
    bases: dict[str, list[float]] = {name: [] for name in others}
    for done in range(rounds):
        before = clock.of(baseline)
        for name in [name for name in others if left[name] > done]:
            seconds[name].append(clock.of(others[name]))
            after = clock.of(baseline)
            bases[name].append((before + after) / 2)
            before = after
    return {name: Timing(tuple(seconds[name]), tuple(bases[name])) for name in others}


def _rounds(first_seconds: float, rounds: int) -> int:
    affordable = int(PATIENCE_SECONDS / max(first_seconds, 1e-9))
    return min(rounds, max(LEAST_ROUNDS, affordable))
