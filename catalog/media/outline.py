"""A recording as it is drawn: an outline and a spectrogram of at most a thousand columns.

What a confined child said of a hostile file is checked here as a stranger's word.
"""

import base64
import struct
import zlib
from dataclasses import dataclass
from typing import Any, Self

from catalog.media.decoder import BANDS, MOST_COLUMNS

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# From silence to the loudest: dark to light, as even in lightness as in the data.
PALETTE_ANCHORS = ((6, 10, 36), (58, 24, 108), (150, 40, 116), (226, 90, 74), (254, 226, 140))


@dataclass(frozen=True)
class Outline:
    """How far a recording swings, and how loud each band of pitches is, column by column."""

    low: tuple[int, ...]  # (n_columns,) per cent of full scale, 0 or less
    high: tuple[int, ...]  # (n_columns,) per cent of full scale, 0 or more
    mel: bytes  # (n_columns * BANDS,) 0 is silence

    def __post_init__(self) -> None:
        n_columns = len(self.low)
        if not 1 <= n_columns <= MOST_COLUMNS or len(self.high) != n_columns:
            raise ValueError("An outline has one to a thousand columns.")
        if not all(isinstance(each, int) and -100 <= each <= 100 for each in self.low + self.high):
            raise ValueError("An outline stays within full scale.")
        if len(self.mel) != n_columns * BANDS:
            raise ValueError("A spectrogram has all bands of each column.")

    @classmethod
    def from_answer(cls, answer: Any) -> Self:
        """Raises KeyError, TypeError or ValueError for what is no outline."""
        mel = base64.b64decode(answer["mel"], validate=True)
        return cls(tuple(answer["low"]), tuple(answer["high"]), mel)

    def as_answer(self) -> dict[str, Any]:
        """What `from_answer` reads."""
        mel = base64.b64encode(self.mel).decode()
        return {"low": [*self.low], "high": [*self.high], "mel": mel}

    def spectrogram_png(self) -> bytes:
        """Time to the right, pitch upwards, a pixel a column and band (PNG, 3rd edition)."""
        n_columns = len(self.low)
        rows = (
            b"\0" + bytes(self.mel[column * BANDS + band] for column in range(n_columns))
            for band in reversed(range(BANDS))
        )
        header = struct.pack(">IIBBBBB", n_columns, BANDS, 8, 3, 0, 0, 0)
        chunks = (
            (b"IHDR", header),
            (b"PLTE", _palette()),
            (b"IDAT", zlib.compress(b"".join(rows), 9)),
            (b"IEND", b""),
        )
        return PNG_SIGNATURE + b"".join(_chunk(name, body) for name, body in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", checksum)


def _palette() -> bytes:
    """256 colours between the anchors."""
    steps = len(PALETTE_ANCHORS) - 1
    colours = bytearray()
    for level in range(256):
        place, part = divmod(level * steps / 255, 1)
        here = PALETTE_ANCHORS[int(place)]
        after = PALETTE_ANCHORS[min(int(place) + 1, steps)]
        colours += bytes(round(a + part * (b - a)) for a, b in zip(here, after, strict=True))
    return bytes(colours)
