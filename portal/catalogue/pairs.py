"""Two things beside each other: what is said of both, and the bars that match, to see and hear."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from attribution.selectors.rolls import Roll
from catalog.duplicates.melody import Notes, UnreadableNotes, read_notes
from catalog.media import MIDI
from catalog.models import Credit, Party, Track, Work
from catalog.services.assets import asset_path
from catalog.services.outlines import is_recording
from portal.evidence.drawing import CONTEXT_MS, draw
from portal.evidence.sound import recording_of

LONGEST_EXCERPT_SECONDS = 24.0
FIELDS: dict[type[Track | Work | Party], dict[str, str]] = {
    Track: {
        "title": gettext_noop("Title"),
        "version": gettext_noop("Version"),
        "artist": gettext_noop("Artist"),
        "work": gettext_noop("Work"),
        "isrc": "ISRC",
        "release_title": gettext_noop("Release"),
        "released_on": gettext_noop("Released"),
        "licence": gettext_noop("Licence"),
        "sender": gettext_noop("Sent by"),
        "ref": gettext_noop("Ref"),
    },
    Work: {
        "title": gettext_noop("Title"),
        "version": gettext_noop("Version"),
        "collection": gettext_noop("Collection"),
        "iswc": "ISWC",
        "language": gettext_noop("Language"),
        "sender": gettext_noop("Sent by"),
        "ref": gettext_noop("Ref"),
    },
    Party: {
        "name": gettext_noop("Name"),
        "kind": gettext_noop("Kind"),
        "ipi_name": gettext_noop("IPI name number"),
        "ipi_base": gettext_noop("IPI base number"),
        "isni": "ISNI",
        "ddex_party_id": gettext_noop("DDEX party id"),
        "ref": gettext_noop("Ref"),
    },
}


@dataclass(frozen=True)
class Row:
    """What is said of both under one heading."""

    heading: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        return self.first != self.second


def described(first: Track | Work | Party, second: Track | Work | Party) -> list[Row]:
    """What is known of two things of one sort; headings under which nothing is known are left."""
    rows = [
        Row(heading, *(str(getattr(thing, field) or "") for thing in (first, second)))
        for field, heading in FIELDS[type(first)].items()
    ]
    if isinstance(first, Track) and isinstance(second, Track):
        rows.append(Row(gettext_noop("Credits"), _credits(first), _credits(second)))
    return [row for row in rows if row.first or row.second]


def _credits(track: Track) -> str:
    rows = Credit.objects.filter(work=track.work_id) | Credit.objects.filter(track=track)
    named = rows.select_related("party").order_by("role", "party__name", "pk")
    return ", ".join(f"{credit.party} ({_(credit.get_role_display().lower())})" for credit in named)


def drawn(found: dict[str, Any], first: Track, second: Track) -> dict[str, Any]:
    """The beginning of what matches, in both; nothing where the notes cannot be read."""
    notes = _notes(first), _notes(second)
    if notes[0] is None or notes[1] is None:
        return {}
    (begins_a, ends_a), (begins_b, ends_b) = found["seconds"]
    part = min(1.0, LONGEST_EXCERPT_SECONDS / max(ends_a - begins_a, ends_b - begins_b, 0.001))
    of_first, of_second = draw(
        _roll(notes[0], begins_a, begins_a + part * (ends_a - begins_a)),
        _roll(notes[1], begins_b, begins_b + part * (ends_b - begins_b)),
    )
    return {
        "of_first": of_first,
        "of_second": of_second,
        "is_excerpt": part < 1,
        "places": [
            _("bars %(first)s–%(last)s match") % {"first": first, "last": last}
            for first, last in found["bars"]
        ],
        "context_seconds": CONTEXT_MS // 1000,
    }


def recorded(first: Track, second: Track) -> dict[str, Any]:
    """Both as recordings, to be heard as a whole; nothing where either is none."""
    assets = first.asset, second.asset
    if assets[0] is None or assets[1] is None or not all(is_recording(each) for each in assets):
        return {}
    return {"sound_of_first": recording_of(assets[0]), "sound_of_second": recording_of(assets[1])}


def _notes(track: Track) -> Notes | None:
    if track.asset is None or track.asset.media_type != MIDI.media_type:
        return None
    try:
        return read_notes(asset_path(track.asset).read_bytes())
    except (UnreadableNotes, OSError):
        return None


def _roll(notes: Notes, begins: float, ends: float) -> tuple[Roll, int]:
    """A piece with the stretch between two moments (seconds) as one segment, and its number."""
    onset_ms = np.rint(notes.onset_seconds * 1000).astype(np.int64)
    duration_ms = np.rint(notes.end_seconds * 1000).astype(np.int64) - onset_ms
    edges = np.searchsorted(notes.onset_seconds, [begins - 0.001, ends - 0.001]).tolist()
    roll = Roll(
        onset_ms=tuple(onset_ms.tolist()),
        duration_ms=tuple(np.maximum(duration_ms, 1).tolist()),
        pitch=tuple(notes.pitch.tolist()),
        velocity=tuple(notes.velocity.tolist()),
        first_note=(0, *edges),
    )
    return roll, 1
