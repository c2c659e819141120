"""Whether a model may be trained on a track: every right that is touched needs a consent.

Whether anybody has a share in a recording decides which rights are touched. A platform does not see
shares, so that one question is asked as system; the answer names nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.media import MIDI
from catalog.models import Consent, ModelVersion, Right, Share, Track
from catalog.selectors import (
    consents_on,
    touched_rights,
    tracks_with_recording_shares,
    valid_on,
)
from common.database import tenancy


@dataclass(frozen=True)
class Standing:
    """Whether a track may be trained on on a day, and until when: the first day it may not."""

    track: Track
    lacking: tuple[Right, ...]
    until: date | None  # none where it is not allowed, and where no end is known

    @property
    def is_allowed(self) -> bool:
        return not self.lacking


def standings(tracks: Sequence[Track], model_version: ModelVersion, *, on: date) -> list[Standing]:
    """Whether a model version may be trained on each track, with its asset, on a day."""
    ends = _ends(tracks, model_version, on)
    found = []
    for track, rights in _touched(tracks, on):
        lacking = tuple(right for right in rights if (track.pk, right) not in ends)
        known = [end for right in rights if (end := ends.get((track.pk, right))) is not None]
        found.append(Standing(track, lacking, None if lacking or not known else min(known)))
    return found


def lacking_rights(
    tracks: Sequence[Track], model_version: ModelVersion, *, on: date
) -> list[tuple[Track, tuple[Right, ...]]]:
    """The tracks that may not be trained on, with the rights for which consent lacks."""
    return [
        (standing.track, standing.lacking)
        for standing in standings(tracks, model_version, on=on)
        if standing.lacking
    ]


def allowed_tracks(
    tracks: QuerySet[Track], model_version: ModelVersion, *, on: date
) -> QuerySet[Track]:
    """Of these tracks, those on which a model version may be trained on a day."""

    def agreed(right: Right) -> Exists:
        of_track = consents_on(model_version, on=on).filter(track=OuterRef("pk"), right=right)
        return Exists(of_track)

    with tenancy.acting_as(tenancy.SYSTEM):  # scores that were recorded are few
        shares = Share.objects.filter(
            right=Right.RECORDING, track__asset__media_type=MIDI.media_type
        )
        recorded = set(valid_on(shares, on).values_list("track_id", flat=True))
    is_score = Q(asset__media_type=MIDI.media_type) & ~Q(pk__in=recorded)
    with_files = tracks.filter(asset__isnull=False).filter(agreed(Right.COMPOSITION))
    return with_files.filter(is_score | Q(agreed(Right.RECORDING)))


def _touched(tracks: Sequence[Track], on: date) -> list[tuple[Track, list[Right]]]:
    with tenancy.acting_as(tenancy.SYSTEM):
        recorded = tracks_with_recording_shares(tracks, on=on)
    return [
        (
            track,
            touched_rights(_media_type(track), has_recording_shares=track.pk in recorded),
        )
        for track in tracks
    ]


def _media_type(track: Track) -> str:
    return "" if track.asset is None else track.asset.media_type


def _ends(
    tracks: Sequence[Track], model_version: ModelVersion, on: date
) -> dict[tuple[int, str], date | None]:
    """For each track and right that is agreed to, the day on which the longest consent ends."""
    ends: dict[tuple[int, str], date | None] = {}
    consents: QuerySet[Consent] = consents_on(model_version, on=on).filter(track__in=tracks)
    for track_id, right, end in consents.values_list("track_id", "right", "valid_until"):
        so_far = ends.get((track_id, right), end)
        ends[track_id, right] = None if end is None or so_far is None else max(end, so_far)
    return ends
