"""Copies of recordings: the same sound to anybody who listens, and other bytes to a machine."""

import io
from collections.abc import Callable

import numpy as np
import soundfile
from numpy.typing import NDArray

Samples = NDArray[np.float32]  # (n_samples,), mono
Recoding = Callable[[Samples, int, np.random.Generator], bytes]

QUIETER_DB = -12.0
NOISE_DB = -30.0  # below the recording's own level
CUT_SECONDS = 5
FASTER = 1.03


def as_flac(samples: Samples, rate: int, _random: np.random.Generator) -> bytes:
    return _written(samples, rate, "FLAC")


def as_mp3(samples: Samples, rate: int, _random: np.random.Generator) -> bytes:
    """At 44.1 kHz: what libsndfile writes at half that rate, other decoders complain about."""
    return _written(_read_at(samples, rate / 44_100), 44_100, "MP3")


def as_small_ogg(samples: Samples, rate: int, _random: np.random.Generator) -> bytes:
    """Vorbis at the lowest quality that libsndfile writes."""
    return _written(samples, rate, "OGG", compression_level=1.0)


def quieter(samples: Samples, rate: int, _random: np.random.Generator) -> bytes:
    return _written(samples * np.float32(10 ** (QUIETER_DB / 20)), rate, "FLAC")


def noisy(samples: Samples, rate: int, random: np.random.Generator) -> bytes:
    level = float(np.sqrt(np.mean(samples**2))) * 10 ** (NOISE_DB / 20)
    noise = random.normal(0, level, len(samples)).astype(np.float32)
    return _written(samples + noise, rate, "FLAC")


def cut(samples: Samples, rate: int, _random: np.random.Generator) -> bytes:
    """Without its first five seconds."""
    return _written(samples[CUT_SECONDS * rate :], rate, "FLAC")


def other_rate(samples: Samples, rate: int, _random: np.random.Generator) -> bytes:
    """At 16 kHz, each new sample between its two neighbours."""
    return _written(_read_at(samples, rate / 16_000), 16_000, "FLAC")


def faster(samples: Samples, rate: int, _random: np.random.Generator) -> bytes:
    """3 % faster and higher, as a turntable does it: what Chromaprint does not promise to find."""
    return _written(_read_at(samples, FASTER), rate, "FLAC")


def _read_at(samples: Samples, step: float) -> Samples:
    places = np.arange(0, len(samples) - 1, step)
    between: Samples = np.interp(places, np.arange(len(samples)), samples).astype(np.float32)
    return between


def _written(samples: Samples, rate: int, file_format: str, **options: float) -> bytes:
    made = io.BytesIO()
    soundfile.write(made, np.clip(samples, -1, 1), rate, format=file_format, **options)
    return made.getvalue()


RECODINGS: dict[str, Recoding] = {
    "FLAC": as_flac,
    "MP3": as_mp3,
    "OGG, lowest quality": as_small_ogg,
    "12 dB quieter": quieter,
    "noise at −30 dB": noisy,
    "first 5 s cut off": cut,
    "at 16 kHz": other_rate,
    "3 % faster": faster,
}
