"""Songs that can be bent: one tune with chords, as MIDI files in the catalogue."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from accounts.models import User
from catalog.media import MIDI
from catalog.models import Asset, Credit, Party, Track, Work
from catalog.services.assets import put_file
from common.hashing import sha256_bytes
from tests.duplicates.songs import Song


@dataclass
class Shelf:
    """What is in the catalogue."""

    composer: Party
    tracks: dict[str, Track] = field(default_factory=dict)

    def add(self, ref: str, song: Song | None = None, title: str = "", **fields: object) -> Track:
        work = Work.objects.create(ref=f"work:{ref}", title=title or f"Song {ref}")
        Credit.objects.create(work=work, party=self.composer, role="composer")
        track = Track.objects.create(
            ref=ref, work=work, title=work.title, asset=song and asset_of(song), **fields
        )
        self.tracks[ref] = track
        return track


def asset_of(song: Song) -> Asset:
    content = song.midi()
    digest = sha256_bytes(content)
    asset, _ = Asset.objects.get_or_create(
        sha256=digest,
        defaults={
            "storage_name": put_file(digest, MIDI, lambda: content),
            "media_type": MIDI.media_type,
            "size_bytes": len(content),
            "seconds": 60.0,
        },
    )
    return asset


@pytest.fixture
def shelf(db) -> Shelf:
    return Shelf(Party.objects.create(ref="ada", name="Ada Adams"))


@pytest.fixture
def olga(db) -> User:
    return User.objects.create_user("olga@example.org", name="Olga")


@pytest.fixture
def song() -> Callable[[int], Song]:
    return lambda seed: Song.made(np.random.default_rng(seed))
