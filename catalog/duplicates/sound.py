"""Whether two audio files are the same recording, by Chromaprint, where its library is installed.

A fingerprint is 32 bits for every eighth of a second; recordings that are one, whatever their
format, differ in few bits once they are laid over each other at the right offset. Without the
library audio is compared by its file's hash and its description alone, and that is said.
"""

import importlib.util
from ctypes.util import find_library
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SoundArray = NDArray[np.uint32]

AVAILABLE = "Chromaprint is installed, so recordings are compared by their sound too."
NOT_AVAILABLE = (
    "Chromaprint is not installed, so recordings are compared by file and description alone: "
    "install libchromaprint1 and the extra “sound”."
)
LONGEST_SECONDS = 600
VALUES_A_SECOND = 8.0  # 11,025 samples a second, 1,365 between two values (Chromaprint's default)
SHORTEST = 40  # values, five seconds
LEAST_ALIKE = 0.7  # of the bits; unrelated recordings agree in a half


class SoundFault(ValueError):
    """A recording has no fingerprint; the message says why."""


@dataclass(frozen=True)
class SoundMatch:
    """How two recordings lie over each other."""

    alike: float  # part of the bits that agree, 0.5 is chance
    offset_seconds: float  # where A's beginning is in B
    seconds: float  # how long they overlap

    @property
    def score(self) -> float:
        """0 to 1."""
        return max(0.0, 2 * self.alike - 1)


@cache
def is_available() -> bool:
    """Whether Chromaprint's library and its bindings are there."""
    return (
        importlib.util.find_spec("acoustid") is not None
        and importlib.util.find_spec("chromaprint") is not None
        and find_library("chromaprint") is not None
    )


def fingerprint(path: Path) -> SoundArray:
    """A recording's fingerprint, of its first ten minutes.  (n_values,)

    Raises:
        SoundFault: the library is missing, or the file cannot be decoded.
    """
    if not is_available():
        raise SoundFault(NOT_AVAILABLE)
    import acoustid
    import chromaprint
    import soundfile

    try:
        with soundfile.SoundFile(path) as sound:
            most = LONGEST_SECONDS * sound.samplerate
            blocks = sound.blocks(blocksize=sound.samplerate, frames=most, dtype="int16")
            encoded = acoustid.fingerprint(
                sound.samplerate, sound.channels, (block.tobytes() for block in blocks)
            )
    except (soundfile.LibsndfileError, acoustid.FingerprintGenerationError) as error:
        raise SoundFault(f"It cannot be decoded: {error}.") from error
    values, _ = chromaprint.decode_fingerprint(encoded)
    return np.array(values, dtype=np.int64).astype(np.uint32)


def words(values: SoundArray) -> SoundArray:
    """What an index looks recordings up by: the values without their noisiest bits, each once."""
    return np.unique(values >> np.uint32(4))


def match(a: SoundArray, b: SoundArray) -> SoundMatch | None:
    """The offset at which most bits agree; None for less than five seconds or no likeness."""
    if min(len(a), len(b)) < SHORTEST:
        return None
    place_a, place_b = np.nonzero((a[:, None] >> 12) == (b[None, :] >> 12))
    if not len(place_a):
        return None
    offset = int(np.argmax(np.bincount(place_b - place_a + len(a)))) - len(a)
    first = max(0, -offset)
    n_values = min(len(a) - first, len(b) - max(0, offset))
    if n_values < SHORTEST:
        return None
    differing = a[first : first + n_values] ^ b[first + offset : first + offset + n_values]
    bits = np.unpackbits(differing.view(np.uint8)).sum()
    alike = 1 - float(bits) / (32 * n_values)
    if alike < LEAST_ALIKE:
        return None
    return SoundMatch(alike, offset / VALUES_A_SECOND, n_values / VALUES_A_SECOND)
