"""Sound as a picture and back: logarithmic mel spectrograms.

Owns the one spectrogram that the reference models hear, and the way back to samples, for which the
phases are found by iteration (Griffin and Lim, 1984; Perraudin, Balazs and Søndergaard, 2013, for
the momentum). It must not know about files or models.
"""

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

from attribution.audio.loading import torchaudio

PHASE_ROUNDS, PHASE_MOMENTUM = 60, 0.99
FRAMES_AT_ONCE = 4096


@dataclass(frozen=True)
class Spectrum:
    """How samples become frames: one every `hop_samples`, made from `window_samples`."""

    samples_per_second: int = 22_050
    window_samples: int = 2048
    hop_samples: int = 512
    bands: int = 128
    lowest_hz: float = 30.0
    quietest: float = 1e-2  # magnitudes below are taken for silence, so that faint noise is none

    @property
    def frames_per_second(self) -> float:
        return self.samples_per_second / self.hop_samples

    def frames(self, samples: Tensor) -> Tensor:
        """Natural logarithms of the magnitudes in each band: (n,) samples to (frames, bands).

        The last samples that fill no hop are left out; n samples have n // hop_samples frames.
        """
        n_frames = len(samples) // self.hop_samples
        if not n_frames:
            return torch.zeros(0, self.bands)
        half = self.window_samples // 2
        short = max(0, half + 1 - len(samples))  # reflection needs half a window
        padded = functional.pad(functional.pad(samples, (0, short))[None], (half, half), "reflect")
        return torch.cat(
            [
                self._of_frames(padded[0], first, min(first + FRAMES_AT_ONCE, n_frames))
                for first in range(0, n_frames, FRAMES_AT_ONCE)
            ]
        )

    def _of_frames(self, padded: Tensor, first: int, stop: int) -> Tensor:
        """Some of the frames: the spectrum of an hour at once would take gigabytes."""
        last_sample = (stop - 1) * self.hop_samples + self.window_samples
        magnitudes = torch.stft(
            padded[first * self.hop_samples : last_sample],
            self.window_samples,
            self.hop_samples,
            window=_window(self.window_samples),
            center=False,
            return_complex=True,
        ).abs()
        return (_filters(self).T @ magnitudes).clamp_min(self.quietest).log().T

    def samples(self, frames: Tensor, seed: int = 0) -> Tensor:
        """A sound that has these frames, nearly: (frames, bands) to (frames · hop_samples,)."""
        whole = torch.cat((frames, frames[-1:]))  # a centred transform has one frame more than hops
        magnitudes = (_inverse(self) @ whole.T.exp()).clamp_min(0)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)  # phases begin at random
            found: Tensor = torchaudio().functional.griffinlim(
                magnitudes,
                window=_window(self.window_samples),
                n_fft=self.window_samples,
                hop_length=self.hop_samples,
                win_length=self.window_samples,
                power=1.0,
                n_iter=PHASE_ROUNDS,
                momentum=PHASE_MOMENTUM,
                length=len(frames) * self.hop_samples,
                rand_init=True,
            )
        return found


@cache
def _window(samples: int) -> Tensor:
    return torch.hann_window(samples)


@cache
def _filters(spectrum: Spectrum) -> Tensor:
    """How much each frequency counts in each band: (frequencies, bands).

    Raises ValueError for more bands than the window can tell apart.
    """
    filters: Tensor = torchaudio().functional.melscale_fbanks(
        spectrum.window_samples // 2 + 1,
        spectrum.lowest_hz,
        spectrum.samples_per_second / 2,
        spectrum.bands,
        spectrum.samples_per_second,
        norm="slaney",
        mel_scale="htk",
    )
    # A low band narrower than the distance of two frequencies would hear none of them.
    deaf = filters.sum(0) == 0
    if deaf.any():
        raise ValueError(f"{int(deaf.sum())} of {spectrum.bands} bands hear nothing; take fewer.")
    return filters


@cache
def _inverse(spectrum: Spectrum) -> Tensor:
    """The least-squares way back from bands to frequencies: (frequencies, bands)."""
    way_back: Tensor = torch.linalg.pinv(_filters(spectrum).T)
    return way_back
