"""The samples of a sound file from outside, block by block, and what is refused of it.

Owns which containers, rates and channels are taken. Headers may lie, so that only what was decoded
counts. It reads as a stream: a block is in memory, never the piece.
"""

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from catalog.media.kinds import LONGEST_SECONDS

Block = npt.NDArray[np.float32]  # (n_samples, n_channels), full scale is 1

CONTAINERS = {
    "audio/wav": ("WAV", "WAVEX"),
    "audio/flac": ("FLAC",),
    "audio/ogg": ("OGG",),
    "audio/mpeg": ("MP3",),
}
LOWEST_RATE, HIGHEST_RATE = 2_000, 768_000  # samples a second
MOST_CHANNELS = 64
LOUDEST = 1000.0  # 60 dB above full scale; files of floating point may pass it, but not so far
BLOCK_NUMBERS = 1 << 20  # decoded at once, over all channels
# An MP3 may be shorter than its header says by the padding of its frames.
LEAST_PART_DECODED = 0.98
_RIFF_SIZE_UNKNOWN = (0, 0xFFFFFFFF)  # written by encoders that stream
# RFC 3533, section 6: a page, its flag for the last one, and the longest that it can be.
_OGG_PAGE, _OGG_LAST_PAGE, _OGG_HEADER_BYTES, _OGG_PAGE_BYTES = b"OggS\0", 0x04, 27, 65_307


class UnsoundFile(ValueError):
    """The file is no usable recording; the message says why, as the end of a sentence."""


class SoundFile:
    """An open recording: its rate, its channels, and its samples once.

    Args:
        source: a file that can be sought in.
        media_type: what it is held to be; None takes any of `CONTAINERS`.

    Raises:
        UnsoundFile: it is no such container, was cut off, or has a rate or channels that no
            recording has. What libsndfile throws besides is a RuntimeError.
    """

    def __init__(self, source: BinaryIO, media_type: str | None = None) -> None:
        import soundfile

        _refuse_cut(source)
        self._file: Any = soundfile.SoundFile(source)
        taken = CONTAINERS.values() if media_type is None else (CONTAINERS[media_type],)
        if not any(self._file.format in names for names in taken):
            raise UnsoundFile(f"its content is {self._file.format}")
        self.samples_per_second: int = self._file.samplerate
        self.n_channels: int = self._file.channels
        if not LOWEST_RATE <= self.samples_per_second <= HIGHEST_RATE:
            raise UnsoundFile(
                f"it has {self.samples_per_second:,} samples a second, and a recording has "
                f"{LOWEST_RATE:,} to {HIGHEST_RATE:,}"
            )
        if self.n_channels > MOST_CHANNELS:
            raise UnsoundFile(f"it has {self.n_channels} channels, and at most {MOST_CHANNELS} do")

    @property
    def stated_samples(self) -> int:
        """How long the header says that it is, in samples of a channel."""
        return int(self._file.frames)

    def blocks(self, most_samples: int = BLOCK_NUMBERS) -> Iterator[Block]:
        """All samples, none twice, in blocks of at most this many and `BLOCK_NUMBERS` numbers.

        Raises UnsoundFile, where it is reached, for numbers that no recording has, for more than
        LONGEST_SECONDS, and for an end before the stated one.
        """
        block_samples = max(1, min(most_samples, BLOCK_NUMBERS // self.n_channels))
        decoded = 0
        while len(block := self._file.read(block_samples, dtype="float32", always_2d=True)):
            _refuse_no_sound(block, decoded / self.samples_per_second)
            decoded += len(block)
            if decoded > LONGEST_SECONDS * self.samples_per_second:
                raise UnsoundFile(f"it lasts more than {LONGEST_SECONDS // 3600} hours")
            yield block
        if decoded < LEAST_PART_DECODED * self.stated_samples:
            raise UnsoundFile("it ends before the length that its header states")


def _refuse_no_sound(block: Block, at_seconds: float) -> None:
    """One number that is none would spread over all that is computed from a recording, and no
    player plays it: such a file is refused, rather than mended in silence."""
    # Whether a maximum is finite says it of all, without an array of answers.
    if not (float(block.max()) <= LOUDEST and float(block.min()) >= -LOUDEST):
        raise UnsoundFile(
            f"some of its samples after {at_seconds:,.0f} s are no numbers of a sound"
        )


def _refuse_cut(source: BinaryIO) -> None:
    """Refuse a WAV or Ogg that was cut off, which libsndfile reads as a shorter piece."""
    size_bytes = source.seek(0, io.SEEK_END)
    source.seek(0)
    head = source.read(8)
    source.seek(max(0, size_bytes - _OGG_PAGE_BYTES))
    tail = source.read(_OGG_PAGE_BYTES) if head.startswith(b"OggS") else b""
    source.seek(0)
    is_cut = False
    if head.startswith(b"RIFF"):
        stated_bytes = int.from_bytes(head[4:8], "little")
        is_cut = stated_bytes not in _RIFF_SIZE_UNKNOWN and stated_bytes > size_bytes - 8
    elif tail:
        is_cut = _is_cut_page(tail[tail.rfind(_OGG_PAGE) :])
    if is_cut:
        raise UnsoundFile("it was cut off before its end")


def _is_cut_page(page: bytes) -> bool:
    """Whether what follows the last page header is less than a stream's whole last page."""
    if len(page) < _OGG_HEADER_BYTES or not page[5] & _OGG_LAST_PAGE:
        return True
    n_segments = page[26]
    segment_bytes = page[_OGG_HEADER_BYTES : _OGG_HEADER_BYTES + n_segments]
    return len(page) < _OGG_HEADER_BYTES + n_segments + sum(segment_bytes)
