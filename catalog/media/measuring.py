"""What can be measured of a recording in one pass: how loud, how clean, how much of it silent.

Loudness and true peak follow ITU-R BS.1770-4: each channel through the K filter (a shelf for the
head, a high pass for the ear), mean squares of blocks of 400 ms every 100 ms, weighted by where the
channel's loudspeaker stands, and gated twice, at -70 LUFS and 10 LU below what remains. The filter
is that of the standard's tables at 48 kHz, derived anew for the file's own rate, so that nothing
is resampled. A few numbers for each 100 ms are all that is kept of hours of music.
"""

import math

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from scipy import signal

from catalog.media.measures import Measures
from catalog.media.samples import Block, SoundFile

Array = npt.NDArray[np.float64]
Samples = npt.NDArray[np.float32]  # (n_channels, n)
STEPS_A_SECOND, BLOCK_STEPS = 10, 4  # blocks of 400 ms that overlap by three quarters
ABSOLUTE_GATE_LUFS, RELATIVE_GATE_LU = -70.0, -10.0
LOUDNESS_OFFSET_DB = -0.691
LOWEST_RATE_HEARD = 8_000  # below, the K filter's shelf would lie beyond what the file can hold
# Loudspeakers beside the listener (60° to 120°) count 1.5 dB more, and the one for effects nothing
# (BS.1770-4, tables 3 and 4); by the order in which WAV and FLAC keep channels.
BESIDE = 1.41
CHANNEL_WEIGHTS = {
    4: (1.0, 1.0, BESIDE, BESIDE),
    5: (1.0, 1.0, 1.0, BESIDE, BESIDE),
    6: (1.0, 1.0, 1.0, 0.0, BESIDE, BESIDE),
    8: (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, BESIDE, BESIDE),
}
# The analog filters behind the standard's tables: hertz, quality and, for the shelf, its gain.
SHELF_HZ, SHELF_QUALITY = 1681.974450955533, 0.7071752369554196
SHELF_DB, SHELF_SLOPE = 3.999843853973347, 0.4996667741545416
HIGH_PASS_HZ, HIGH_PASS_QUALITY = 38.13547087602444, 0.5003270373238773
SILENT_BELOW = 10 ** (-60 / 20)  # of full scale
FULL_SCALE, CLIPPED_RUN = 0.9999, 3  # so many samples at full scale in a row were cut off
TAPS = 12  # samples that a point between two of them is made of, as in the standard's annex 2
OVERSAMPLING = ((96_000, 4), (192_000, 2))  # below a rate: how many points a sample
AT_ONCE = 1 << 13  # samples whose neighbourhoods are laid out at once, so that they stay in a cache


def measure(sound: SoundFile) -> Measures:
    """All measures of a recording, in one pass over its samples.

    Raises UnsoundFile, as `SoundFile.blocks` does.
    """
    meter = Meter(sound.samples_per_second, sound.n_channels)
    for block in sound.blocks():
        meter.add(block)
    return meter.measures()


class Meter:
    """Takes a recording block by block; needs memory for a block and two numbers every 100 ms."""

    def __init__(self, samples_per_second: int, n_channels: int) -> None:
        self._rate, self._n_channels = samples_per_second, n_channels
        self._step = round(samples_per_second / STEPS_A_SECOND)
        self._rest = np.zeros((n_channels, 0), np.float32)
        self._n_samples = 0
        self._sums = np.zeros(n_channels)
        self._peaks: list[Samples] = []  # of each step
        self._loudness = LoudnessMeter(samples_per_second, n_channels)
        self._true_peak = TruePeakMeter(samples_per_second, n_channels)
        self._clipping = ClippingMeter(n_channels)

    def add(self, block: Block) -> None:
        """Measure what follows: (n, n_channels)."""
        held = np.concatenate((self._rest, block.T), axis=1)
        whole = held.shape[1] - held.shape[1] % self._step
        self._rest = held[:, whole:].copy()
        if whole:
            self._loudness.add(held[:, :whole])
            self._add(held[:, :whole], self._step)

    def _add(self, samples: Samples, step: int) -> None:
        self._n_samples += samples.shape[1]
        self._sums += samples.sum(axis=1, dtype=np.float64)
        self._peaks.append(np.abs(samples).max(axis=0).reshape(-1, step).max(axis=1))
        self._true_peak.add(samples)
        self._clipping.add(samples)

    def measures(self) -> Measures:
        """What was measured of all that was added; to be asked once, at the end."""
        if n_left := self._rest.shape[1]:  # fills no step: counts for all but the loudness
            self._add(self._rest, n_left)
        seconds = self._n_samples / self._rate
        peaks = np.concatenate(self._peaks) if self._peaks else np.zeros(0)
        is_loud = np.flatnonzero(peaks >= SILENT_BELOW)
        first, last = (is_loud[0], is_loud[-1] + 1) if len(is_loud) else (len(peaks), 0)
        return Measures(
            seconds=seconds,
            samples_per_second=self._rate,
            n_channels=self._n_channels,
            loudness_lufs=self._loudness.integrated_lufs(),
            true_peak_dbtp=decibels(max(self._true_peak.peak, float(peaks.max(initial=0)))),
            sample_peak_dbfs=decibels(float(peaks.max(initial=0))),
            dc_percent=round(float(np.abs(self._sums).max()) / max(1, self._n_samples) * 100, 4),
            silent_seconds=self._seconds_of(len(peaks) - len(is_loud), seconds),
            silent_start_seconds=self._seconds_of(first, seconds),
            silent_end_seconds=seconds - self._seconds_of(last, seconds),
            clipped_samples=self._clipping.n_samples,
            clipped_runs=self._clipping.n_runs,
        )

    def _seconds_of(self, n_steps: int, most_seconds: float) -> float:
        """Of steps, of which the last one may be shorter."""
        return float(min(n_steps * self._step / self._rate, most_seconds))


class LoudnessMeter:
    """The energy that ears hear in each step of 100 ms, and what follows from it."""

    def __init__(self, samples_per_second: int, n_channels: int) -> None:
        self._step = round(samples_per_second / STEPS_A_SECOND)
        self._weights = np.array(CHANNEL_WEIGHTS.get(n_channels, (1.0,) * n_channels))
        self._is_heard = samples_per_second >= LOWEST_RATE_HEARD
        self._filter = k_filter(samples_per_second) if self._is_heard else np.zeros((0, 6))
        self._state = np.zeros((len(self._filter), n_channels, 2))
        self._energies: list[Array] = []

    def add(self, samples: Samples) -> None:
        """Measure whole steps: (n_channels, n_steps * step)."""
        if not self._is_heard:
            return
        heard, self._state = signal.sosfilt(self._filter, samples.astype(float), zi=self._state)
        steps = heard.reshape(len(heard), -1, self._step)
        means = np.einsum("cst,cst->cs", steps, steps) / self._step
        self._energies.append(self._weights @ means)

    def integrated_lufs(self) -> float | None:
        """Of all that was added; None if no block of 400 ms is louder than the absolute gate."""
        energies = np.concatenate(self._energies) if self._energies else np.zeros(0)
        if len(energies) < BLOCK_STEPS:
            return None
        blocks = sliding_window_view(energies, BLOCK_STEPS).mean(axis=1)
        audible = blocks[blocks > energy_of(ABSOLUTE_GATE_LUFS)]
        if not len(audible):
            return None
        gate = audible.mean() * 10 ** (RELATIVE_GATE_LU / 10)
        loudness = LOUDNESS_OFFSET_DB + 10 * math.log10(audible[audible > gate].mean())
        return round(loudness, 2)


class TruePeakMeter:
    """The highest point of the wave that goes through the samples (BS.1770-4, annex 2)."""

    def __init__(self, samples_per_second: int, n_channels: int) -> None:
        times = next((times for rate, times in OVERSAMPLING if samples_per_second < rate), 1)
        self._filters = between(times)
        self._before = np.zeros((n_channels, TAPS - 1), np.float32)
        self.peak = 0.0

    def add(self, samples: Samples) -> None:
        """Look between what follows: (n_channels, n). Between the last samples nothing is."""
        if not self._filters.size:
            return
        held = np.concatenate((self._before, samples), axis=1)
        self._before = held[:, -(TAPS - 1) :].copy()
        for channel in held:
            for start in range(0, len(channel) - TAPS + 1, AT_ONCE):
                part = channel[start : start + AT_ONCE + TAPS - 1]
                points = np.ascontiguousarray(sliding_window_view(part, TAPS)) @ self._filters
                self.peak = max(self.peak, float(points.max()), -float(points.min()))


class ClippingMeter:
    """Runs of samples at full scale, in any channel: what a converter cut off."""

    def __init__(self, n_channels: int) -> None:
        # The last samples' answers and one before, so that a run goes on over a border.
        self._before = np.zeros((n_channels, CLIPPED_RUN), bool)
        self.n_samples = self.n_runs = 0

    def add(self, samples: Samples) -> None:
        """Count in what follows: (n_channels, n)."""
        is_full = np.concatenate((self._before, np.abs(samples) >= FULL_SCALE), axis=1)
        self._before = is_full[:, -CLIPPED_RUN:].copy()
        if not is_full.any():
            return
        # Whether a run of three ends here; the first answer is of what was counted before.
        runs = sliding_window_view(is_full, CLIPPED_RUN, axis=1)
        ends: npt.NDArray[np.bool_] = np.logical_and.reduce(runs, axis=2)
        n_begun = int((ends[:, 1:] & ~ends[:, :-1]).sum())
        self.n_runs += n_begun
        self.n_samples += int(ends[:, 1:].sum()) + n_begun * (CLIPPED_RUN - 1)


def k_filter(samples_per_second: int) -> Array:
    """The standard's two filters at any rate, as second-order sections: (2, 6).

    Bilinear transforms of the analog filters that give the standard's coefficients at 48 kHz.
    """
    tangent = math.tan(math.pi * SHELF_HZ / samples_per_second)
    high = 10 ** (SHELF_DB / 20)
    middle = high**SHELF_SLOPE * tangent / SHELF_QUALITY
    divisor = 1 + tangent / SHELF_QUALITY + tangent**2
    shelf = (
        (high + middle + tangent**2) / divisor,
        2 * (tangent**2 - high) / divisor,
        (high - middle + tangent**2) / divisor,
    )
    return np.array(
        [
            (*shelf, *_poles(tangent, SHELF_QUALITY)),
            (1.0, -2.0, 1.0, *_poles(_tangent_of_high_pass(samples_per_second), HIGH_PASS_QUALITY)),
        ]
    )


def _tangent_of_high_pass(samples_per_second: int) -> float:
    return math.tan(math.pi * HIGH_PASS_HZ / samples_per_second)


def _poles(tangent: float, quality: float) -> tuple[float, float, float]:
    divisor = 1 + tangent / quality + tangent**2
    return 1.0, 2 * (tangent**2 - 1) / divisor, (1 - tangent / quality + tangent**2) / divisor


def between(times: int) -> Samples:
    """Filters for the points between two samples: (TAPS, times - 1), a sinc in a Hann window."""
    parts = np.arange(1, times) / times
    distances = np.arange(TAPS)[:, None] - (TAPS // 2 - 1) - parts
    filters = np.sinc(distances) * np.cos(np.pi * distances / TAPS) ** 2
    whole: Samples = (filters / filters.sum(axis=0)).astype(np.float32)
    return whole


def energy_of(lufs: float) -> float:
    """The weighted mean square that has this loudness."""
    return float(10 ** ((lufs - LOUDNESS_OFFSET_DB) / 10))


def decibels(amplitude: float) -> float | None:
    """Relative to full scale; None for nothing at all."""
    return round(20 * math.log10(amplitude), 2) if amplitude > 0 else None
