"""Windows of tokens: the unit that is trained on, featurised and attributed.

Owns how a track is cut and how windows become padded arrays. A track of n tokens is cut into
⌈n / T⌉ windows of equal length (to one token), so that every token belongs to exactly one window
and no window is a tiny tail. A window is read as BOS + its tokens but the last, and predicts its
tokens: T predictions from T inputs, with no knowledge of the window before.
It must not know about models or music.
"""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from attribution.reference.arrays import AnyTokens, BoolArray, IntArray, Tokens
from attribution.reference.files import write_atomically

# Everything that numpy is known to raise on a file that is not the .npz it should be.
_UNREADABLE = (KeyError, EOFError, OSError, TypeError, ValueError, zipfile.BadZipFile, zlib.error)


class Windows(NamedTuple):
    """Padded windows; `mask` is True where there is a token to predict."""

    inputs: IntArray  # (n, T)
    targets: IntArray  # (n, T)
    mask: BoolArray  # (n, T)


@dataclass(frozen=True)
class SegmentTable:
    """Where each window lies; the tracks' tokens stand one after the other in one array."""

    track_index: IntArray  # (n_segments,) position of the track in the list that was cut
    start: IntArray  # (n_segments,) first token, counted in the concatenated array
    length: IntArray  # (n_segments,)
    window: int  # T, the longest length allowed

    def __post_init__(self) -> None:
        n = len(self.start)
        if not (len(self.track_index) == len(self.length) == n):
            raise ValueError("The columns of a segment table differ in length.")
        if n and (self.length.min() < 1 or self.length.max() > self.window):
            raise ValueError(f"A segment must have 1 to {self.window} tokens.")

    def __len__(self) -> int:
        return len(self.start)

    def sha256(self) -> str:
        """Identity of the cut, the same on every machine."""
        digest = hashlib.sha256(f"segments-1:{self.window}:{len(self)}".encode())
        for column in (self.track_index, self.start, self.length):
            digest.update(np.ascontiguousarray(column, dtype="<i8").tobytes())
        return digest.hexdigest()

    def save(self, path: Path) -> None:
        """Writes an .npz that appears under its name only when complete."""
        content = io.BytesIO()
        np.savez(
            content,
            track_index=self.track_index,
            start=self.start,
            length=self.length,
            window=np.int64(self.window),
        )
        write_atomically(path, content.getvalue())

    @classmethod
    def load(cls, path: Path) -> "SegmentTable":
        """Raises ValueError when the file is no segment table."""
        try:
            with np.load(path, allow_pickle=False) as columns:
                names = ("track_index", "start", "length")
                track_index, start, length = (columns[n].astype(np.int64) for n in names)
                return cls(track_index, start, length, int(columns["window"]))
        except FileNotFoundError:
            raise
        except _UNREADABLE as error:
            raise ValueError(f"{path.name} is not a segment table: {error}.") from error


def cut(lengths: Sequence[int], window: int) -> SegmentTable:
    """Cuts tracks of these numbers of tokens into windows of at most `window`.

    Raises ValueError for an empty track, which could be neither trained on nor attributed.
    """
    if any(n < 1 for n in lengths):
        raise ValueError(f"Track {[n < 1 for n in lengths].index(True)} has no tokens.")
    tracks, starts, sizes, offset = [], [], [], 0
    for track, n in enumerate(lengths):
        edges = np.linspace(0, n, -(-n // window) + 1).round().astype(np.int64)
        tracks.append(np.full(len(edges) - 1, track))
        starts.append(offset + edges[:-1])
        sizes.append(np.diff(edges))
        offset += n
    parts = [np.concatenate(x or [[]]).astype(np.int64) for x in (tracks, starts, sizes)]
    return SegmentTable(parts[0], parts[1], parts[2], window)


def spread(segments: IntArray, count: int) -> IntArray:
    """At most `count` of these, evenly spread over all."""
    places = np.linspace(0, len(segments) - 1, min(count, len(segments)))
    return segments[places.astype(np.int64)]


def pad(sequences: Sequence[AnyTokens], bos: int) -> Windows:
    """Lays loose token sequences side by side, as wide as the longest of them."""
    width = max(len(sequence) for sequence in sequences)
    targets = np.zeros((len(sequences), width), dtype=np.int64)
    mask = np.zeros((len(sequences), width), dtype=np.bool_)
    for row, sequence in enumerate(sequences):
        targets[row, : len(sequence)] = sequence
        mask[row, : len(sequence)] = True
    inputs = np.full_like(targets, bos)
    inputs[:, 1:] = targets[:, :-1]
    return Windows(inputs, targets, mask)


@dataclass(frozen=True)
class Corpus:
    """Tracks as tokens, cut into segments."""

    tokens: Tokens  # (n_tokens,)
    table: SegmentTable
    bos: int
    pitches: range  # which tokens are pitches, a semitone apart

    @classmethod
    def of(cls, tracks: Sequence[AnyTokens], window: int, bos: int, pitches: range) -> "Corpus":
        """Raises ValueError for an empty track and for a corpus without tracks."""
        if not tracks:
            raise ValueError("A corpus needs at least one track.")
        table = cut([len(track) for track in tracks], window)
        return cls(np.concatenate(tracks).astype(np.int16), table, bos, pitches)

    def sha256(self) -> str:
        """Identity of tokens and cut."""
        content = np.ascontiguousarray(self.tokens, dtype="<i2").tobytes()
        head = f"corpus-1:{self.bos}:{self.pitches}:{self.table.sha256()}:".encode()
        return hashlib.sha256(head + content).hexdigest()

    def sequence(self, segment: int) -> Tokens:
        start = self.table.start[segment]
        return self.tokens[start : start + self.table.length[segment]]

    def windows(self, segments: IntArray) -> Windows:
        return pad([self.sequence(int(segment)) for segment in segments], self.bos)
