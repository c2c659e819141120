"""The kinds of files that hold music, told by their first bytes and by their names."""

from dataclasses import dataclass
from pathlib import PurePosixPath

MEBIBYTE = 1 << 20
LONGEST_SECONDS = 6 * 3600  # of a piece
_MPEG_SYNC = 0xFFE0  # eleven set bits start a frame (ISO 11172-3, 2.4.2.3)
_MPEG_LAYER, _LAYER_3 = 0x0006, 0x0002  # nor is a byte order mark (FF FE) an MP3


@dataclass(frozen=True)
class Kind:
    """One kind of music file; the first suffix is the one that stored files get."""

    label: str
    media_type: str
    suffixes: tuple[str, ...]
    largest_bytes: int

    @property
    def suffix(self) -> str:
        return self.suffixes[0]


MIDI = Kind("MIDI", "audio/midi", (".mid", ".midi"), 4 * MEBIBYTE)
WAV = Kind("WAV", "audio/wav", (".wav",), 128 * MEBIBYTE)
FLAC = Kind("FLAC", "audio/flac", (".flac",), 128 * MEBIBYTE)
OGG = Kind("Ogg", "audio/ogg", (".ogg", ".oga"), 128 * MEBIBYTE)
MP3 = Kind("MP3", "audio/mpeg", (".mp3",), 128 * MEBIBYTE)
KINDS = (MIDI, WAV, FLAC, OGG, MP3)


def kind_of_name(name: str) -> Kind | None:
    """The kind that a file's name promises."""
    suffix = PurePosixPath(name).suffix.lower()
    return next((kind for kind in KINDS if suffix in kind.suffixes), None)


def kind_of_content(content: bytes) -> Kind | None:
    """The kind that a file's first bytes show."""
    if content.startswith(b"RIFF") and content[8:12] == b"WAVE":
        return WAV
    for magic, kind in ((b"MThd", MIDI), (b"fLaC", FLAC), (b"OggS", OGG), (b"ID3", MP3)):
        if content.startswith(magic):
            return kind
    start = int.from_bytes(content[:2], "big")
    is_mp3 = start & _MPEG_SYNC == _MPEG_SYNC and start & _MPEG_LAYER == _LAYER_3
    return MP3 if is_mp3 else None
