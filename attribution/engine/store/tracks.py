"""Which track each segment of a store was cut from: `tracks.json`, for stores that change hands.

Segments of a track stand together and tracks follow one another, so the number of segments of each
says everything: whose a row is, and which segment of its track. Whoever receives a store compares
the files' hashes and roles with the training set that was agreed on.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np

from attribution.engine.errors import DamagedStore, StoreError
from attribution.engine.files import write_once
from attribution.engine.task import IntArray

NAME = "tracks.json"
FORMAT = 1
MOST_BYTES = 256 << 20


@dataclass(frozen=True)
class SegmentedTrack:
    """A track (or a piece) that segments were cut from."""

    ref: str  # what its owner calls it
    sha256: str  # of its file
    role: str  # what it is to the model, in the words of the training set
    segments: int

    def __post_init__(self) -> None:
        if not all(isinstance(text, str) for text in (self.ref, self.sha256, self.role)):
            raise StoreError("A track's ref, sha256 and role are texts.")
        if type(self.segments) is not int or self.segments < 1:
            raise StoreError(f"Track {self.ref!r} needs one segment or more.")


@dataclass(frozen=True)
class TrackTable:
    """The tracks of a store, in the order of their segments."""

    tracks: tuple[SegmentedTrack, ...]

    @classmethod
    def of(cls, tracks: Iterable[SegmentedTrack]) -> Self:
        return cls(tuple(tracks))

    @cached_property
    def starts(self) -> IntArray:
        """The first segment of each track, and the number of all segments: (n_tracks + 1,)."""
        return np.cumsum([0, *(track.segments for track in self.tracks)])

    @property
    def n_segments(self) -> int:
        return int(self.starts[-1])

    @property
    def segment_track(self) -> IntArray:
        """The place of each segment's track, (n_segments,)."""
        return np.repeat(np.arange(len(self.tracks)), np.diff(self.starts))

    def content(self) -> bytes:
        """The exact content of `tracks.json`."""
        fields = {"format": FORMAT, "tracks": [asdict(track) for track in self.tracks]}
        return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode() + b"\n"

    def sha256(self) -> str:
        """What the store's identity names as `tracks`."""
        return hashlib.sha256(self.content()).hexdigest()

    def write(self, root: Path) -> None:
        """Keep it in a store that is being made; the first one stays."""
        write_once(root / NAME, self.content())

    @classmethod
    def read(cls, root: Path) -> Self:
        """Read the table of the store at `root`.

        Raises StoreError where it has none, DamagedStore for anything else than a table.
        """
        path = root / NAME
        try:
            if path.stat().st_size > MOST_BYTES:
                raise DamagedStore(f"{NAME} is larger than the {MOST_BYTES:,} bytes it may have.")
            fields = json.loads(path.read_bytes())
            if fields["format"] != FORMAT:
                raise DamagedStore(f"{NAME} has another format than {FORMAT}.")
            return cls.of(SegmentedTrack(**track) for track in fields["tracks"])
        except FileNotFoundError as error:
            raise StoreError(
                f"The store does not say which track each segment is from ({NAME} is missing): "
                "give Run.tracks and capture it anew."
            ) from error
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise DamagedStore(f"{NAME} cannot be read: {error}") from error
