"""Small worlds of sound for the tests: tunes that differ, and a codec and models that fit them."""

import numpy as np
import torch
from torch import Tensor

from attribution.audio.codec import Codec, CodecConfig, fit_codec
from attribution.audio.codes_model import CodesConfig, CodesModel
from attribution.audio.corpus import SoundCorpus
from attribution.audio.denoiser import Denoiser, DenoiserConfig
from attribution.audio.spectrum import Spectrum

SMALL = CodecConfig(
    spectrum=Spectrum(8000, window_samples=512, hop_samples=128, bands=32, lowest_hz=60.0),
    patch=2,
    width=12,
    codebooks=3,
    codes=24,
)
WINDOW = 24


def tune(seed: int, seconds: float = 6.0, rate: int = 8000) -> Tensor:
    """Notes of a scale with overtones and decay, (n,)."""
    rng = np.random.default_rng(seed)
    scale = 110 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12, 14, 16]) / 12 + rng.integers(0, 6) / 12)
    time, sound = np.arange(int(seconds * rate)) / rate, np.zeros(int(seconds * rate))
    beat = 0.2 + 0.2 * rng.random()
    for start in np.arange(0, seconds, beat):
        age = time - start
        envelope = (age >= 0) * np.exp(-np.clip(age, 0, None) * 5)
        pitch = rng.choice(scale)
        for overtone in (1, 2, 3):
            sound += envelope * np.sin(2 * np.pi * pitch * overtone * age) / overtone**2
    return torch.from_numpy((0.3 * sound).astype(np.float32))


def small_codec(n_tunes: int = 4) -> Codec:
    return fit_codec([tune(seed) for seed in range(n_tunes)], SMALL)


def small_codes_model(codec: Codec, seed: int = 0) -> CodesModel:
    return CodesModel(
        CodesConfig(WINDOW, width=24, layers=2, heads=2, hidden=32), codec, seed
    ).eval()


def small_denoiser(codec: Codec, seed: int = 0) -> Denoiser:
    return Denoiser(
        DenoiserConfig(WINDOW, width=24, layers=2, heads=2, hidden=32), codec, seed
    ).eval()


def codes_of(codec: Codec, n_tunes: int = 4) -> SoundCorpus:
    return SoundCorpus.of([codec.encode(tune(seed)) for seed in range(n_tunes)], WINDOW)


def latents_of(codec: Codec, n_tunes: int = 4) -> SoundCorpus:
    return SoundCorpus.of([codec.latents(tune(seed)) for seed in range(n_tunes)], WINDOW)
