"""Sounds for the tests, made where they are used."""

import io
from pathlib import Path

import numpy as np
import soundfile

CONTAINERS = ("WAV", "FLAC", "OGG", "MP3")


def noise(seconds: float, rate: int = 22_050, channels: int = 1, seed: int = 0) -> np.ndarray:
    """(n, channels) float32, which no codec can shorten much."""
    shape = (round(rate * seconds), channels)
    return (np.random.default_rng(seed).normal(size=shape) * 0.1).astype(np.float32)


def tone(hz: float, seconds: float, rate: int = 48_000, peak: float = 1.0) -> np.ndarray:
    """(n,) float32."""
    return (peak * np.sin(2 * np.pi * hz * np.arange(round(rate * seconds)) / rate)).astype("f4")


def file(samples: np.ndarray, rate: int, container: str = "WAV", subtype: str | None = None):
    """The bytes of a sound file."""
    output = io.BytesIO()
    soundfile.write(output, samples, rate, format=container, subtype=subtype)
    return output.getvalue()


def write(path: Path, samples: np.ndarray, rate: int, **options: str) -> Path:
    path.write_bytes(file(samples, rate, **options))
    return path
