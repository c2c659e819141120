"""Recordings as mono samples at their own rate. Needs no torch, so that a confined child can do it.

What is refused of a file, `catalog.media.samples` decides; here it becomes a sentence.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from catalog.media.samples import SoundFile

FloatArray = npt.NDArray[np.float32]


class UnreadableAudio(ValueError):
    """A recording that cannot be read; the message is a sentence that says why and what to do."""

    @classmethod
    def because(cls, reason: str) -> "UnreadableAudio":
        """With a reason in the words of whoever found it, without a full stop."""
        said = " ".join(reason.split()).rstrip(".")[:200] or "its decoder gave up"
        return cls(f"The recording cannot be read: {said}; export the piece again.")


def decoded(source: Path | BinaryIO) -> tuple[int, Iterator[FloatArray]]:
    """How many samples a second a recording has, and the mean of its channels block by block.

    Closes a file that it opened when the blocks end or are closed.

    Raises UnreadableAudio for what is no whole recording, from the blocks where it is reached.
    """
    handle = source.open("rb") if isinstance(source, Path) else source
    owned = isinstance(source, Path)
    try:
        with refusals():
            sound = SoundFile(handle)
    except BaseException:
        if owned:
            handle.close()
        raise
    return sound.samples_per_second, _mono(sound, handle if owned else None)


def _mono(sound: SoundFile, owned: BinaryIO | None) -> Iterator[FloatArray]:
    try:
        with refusals():
            for block in sound.blocks():
                yield block[:, 0] if block.shape[1] == 1 else block.mean(axis=1)
    finally:
        if owned is not None:
            owned.close()


def gathered(
    blocks: Iterator[FloatArray], samples_per_second: int, most_seconds: float | None = None
) -> FloatArray:
    """Blocks of a stream as one array, up to `most_seconds`: (n,) samples.

    Raises UnreadableAudio if there are none.
    """
    most = None if most_seconds is None else round(most_seconds * samples_per_second)
    found: list[FloatArray] = []
    n_samples = 0
    for block in blocks:
        found.append(block)
        n_samples += len(block)
        if most is not None and n_samples >= most:
            break
    if not n_samples:
        raise UnreadableAudio.because("it holds no samples")
    return np.concatenate(found)[:most]


@contextmanager
def refusals() -> Iterator[None]:
    """Whatever a decoder throws at a file is said of the file, as UnreadableAudio."""
    try:
        yield
    except (ValueError, RuntimeError) as error:  # libsndfile's is a RuntimeError with own words
        raise UnreadableAudio.because(getattr(error, "error_string", str(error))) from error
