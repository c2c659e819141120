"""Piano rolls, read back: what a web process needs to draw and play a piece's segments.

A worker writes them (`attribution.services.rolls`); reading one needs neither torch nor a MIDI
reader. A roll belongs to a piece's file and to a feature store, whose cut gives segments their
numbers, and it carries its own hash.
"""

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from django.core.files.storage import default_storage

from attribution.models import FeatureStore
from catalog.models import Asset
from common.hashing import canonical_json, sha256_json

FORMAT = 1


class RollMissing(LookupError):
    """No roll was prepared of this piece for this store."""


class RollDamaged(ValueError):
    """What lies in the storage is not the roll that was written."""


@dataclass(frozen=True)
class Note:
    """A note of a piece, and its place among all of them."""

    place: int
    onset_ms: int
    duration_ms: int
    pitch: int  # as MIDI numbers them, 60 is C4
    velocity: int  # 1 to 127

    @property
    def end_ms(self) -> int:
        return self.onset_ms + self.duration_ms


@dataclass(frozen=True)
class Roll:
    """A whole piece: its notes, ascending by onset, and where its segments begin.

    Segment i is the notes from `first_note[i]` until `first_note[i + 1]`, the last one until the
    end. It may hold none.
    """

    onset_ms: tuple[int, ...]  # (n,)
    duration_ms: tuple[int, ...]  # (n,)
    pitch: tuple[int, ...]  # (n,)
    velocity: tuple[int, ...]  # (n,)
    first_note: tuple[int, ...]  # (n_segments,) ascending

    def __post_init__(self) -> None:
        n = len(self.onset_ms)
        if not n or not self.first_note or self.first_note[0] != 0:
            raise ValueError("A roll has notes, and a first segment that begins with them.")
        if not len(self.duration_ms) == len(self.pitch) == len(self.velocity) == n:
            raise ValueError("The columns of a roll differ in length.")

    @property
    def n_segments(self) -> int:
        return len(self.first_note)

    @cached_property
    def end_ms(self) -> int:
        """When the last note has rung."""
        return max(map(int.__add__, self.onset_ms, self.duration_ms))

    def segment_notes(self, segment: int) -> range:
        """The places of a segment's notes. Raises IndexError where there is no such segment."""
        self._check(segment)
        edges = (*self.first_note, len(self.onset_ms))
        return range(edges[segment], edges[segment + 1])

    def span_ms(self, segment: int) -> tuple[int, int]:
        """When a segment begins and ends: at its first note, and where the next one begins."""
        places = self.segment_notes(segment)
        return self._moment_ms(places.start), self._moment_ms(places.stop)

    def notes(self, places: range) -> list[Note]:
        columns = (self.onset_ms, self.duration_ms, self.pitch, self.velocity)
        return [Note(place, *(column[place] for column in columns)) for place in places]

    def _moment_ms(self, place: int) -> int:
        return self.onset_ms[place] if place < len(self.onset_ms) else self.end_ms

    def _check(self, segment: int) -> None:
        if not 0 <= segment < self.n_segments:
            raise IndexError(f"The piece has {self.n_segments} segments, none numbered {segment}.")


def roll_name(asset: Asset, store: FeatureStore) -> str:
    """What the roll of a piece is called in the storage."""
    return f"rolls/{asset.sha256[:2]}/{asset.sha256}-{store.digest[:16]}.json"


def roll_bytes(roll: Roll) -> bytes:
    """The roll as it is stored: the same bytes for the same roll, with its hash."""
    body = {"format": FORMAT, **asdict(roll)}
    return canonical_json({**body, "sha256": sha256_json(body)})


def read_roll(asset: Asset, store: FeatureStore) -> Roll:
    """The stored roll of a piece.

    Raises:
        RollMissing: there is none.
        RollDamaged: there is something else under its name.
    """
    name = roll_name(asset, store)
    try:
        with default_storage.open(name) as stored:
            content = stored.read()
    except FileNotFoundError:
        raise RollMissing(f"There is no roll {name}; prepare it.") from None
    try:
        return _parse(json.loads(content))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RollDamaged(f"{name} is damaged ({error}); prepare it again.") from error


def _parse(body: Any) -> Roll:
    digest = body.pop("sha256")
    if sha256_json(body) != digest:
        raise ValueError("its hash is another one")
    if body.pop("format") != FORMAT:
        raise ValueError("it has another format")
    return Roll(**{name: tuple(column) for name, column in body.items()})
