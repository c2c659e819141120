"""Reading files once, and keeping what they are recognised by."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
from django.db.models import Q, QuerySet

from catalog.duplicates import sound
from catalog.duplicates.melody import (
    UnreadableNotes,
    fingerprint,
    notes_sha256,
    read_notes,
)
from catalog.duplicates.melody.shingles import HashArray
from catalog.duplicates.models import Fingerprint
from catalog.duplicates.models.fingerprints import VERSION
from catalog.media import MIDI
from catalog.models import Asset
from catalog.services.assets import asset_path
from common.jobs.registry import Progress

ROWS_AT_ONCE = 500
FIELDS = ["version", "notes_sha256", "words", "sound", "fault", "made_at", "compared_at"]


def read_new_files(progress: Progress) -> int:
    """Make the fingerprints that are missing, or that were made another way; returns how many.

    What was made is kept as it goes, so that a run that is cut off goes on where it was.
    """
    waiting = unread_files().order_by("pk")
    total, done = waiting.count(), 0
    assets = waiting.iterator(chunk_size=ROWS_AT_ONCE)
    while batch := list(islice(assets, ROWS_AT_ONCE)):
        Fingerprint.objects.bulk_create(
            [made_of(asset) for asset in batch],
            update_conflicts=True,
            unique_fields=["asset"],
            update_fields=FIELDS,
        )
        done += len(batch)
        progress(done, total, "reading files")
    return done


def unread_files() -> QuerySet[Asset]:
    """The files of tracks that are not fingerprinted as this version does it.

    Audio that waits for Chromaprint's library is read once it is there.
    """
    unread = Q(fingerprint=None) | Q(fingerprint__version__lt=VERSION)
    if sound.is_available():
        unread |= Q(fingerprint__fault=sound.NOT_AVAILABLE)
    return Asset.objects.filter(unread, tracks__isnull=False).distinct()


def made_of(asset: Asset) -> Fingerprint:
    """A file's fingerprint; a file that cannot be compared has one that says why."""
    made = Fingerprint(asset=asset, version=VERSION)
    try:
        if asset.media_type == MIDI.media_type:
            notes = read_notes(asset_path(asset).read_bytes())
            made.notes_sha256 = notes_sha256(notes)
            made.words = fingerprint(notes).astype("<u4").tobytes()
        else:
            made.sound = sound.fingerprint(asset_path(asset)).astype("<u4").tobytes()
    except (UnreadableNotes, sound.SoundFault) as fault:
        made.fault = str(fault)[:300]
    except OSError:
        made.fault = "Its file is not where it was stored."
    return made


def stored(field: str) -> Iterator[tuple[int, HashArray]]:
    """(asset, uint32 values) of all fingerprints that have some."""
    rows = Fingerprint.objects.exclude(**{field: b""}).values_list("asset_id", field)
    for asset_id, content in rows.iterator(chunk_size=2_000):
        yield asset_id, np.frombuffer(bytes(content), dtype="<u4").astype(np.uint32)
