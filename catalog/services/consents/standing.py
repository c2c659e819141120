"""Whether a track may be used, and if not, why: every right that is touched needs an opt-in, and no
opt-out. What an opt-in or an opt-out of a use says about another is `catalog.models.Use`'s.

Whether anybody has a share in a recording decides which rights are touched. A platform does not see
shares, so that one question is asked as system; the answer names nobody.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.media import MIDI
from catalog.models import Consent, ExclusionReason, ModelVersion, Right, Share, Track, Use
from catalog.selectors import (
    said_about,
    touched_rights,
    tracks_with_recording_shares,
    valid_on,
)
from common.database import tenancy


@dataclass(frozen=True)
class Objection:
    """Why a track may not be used. The sentence names no holder; `party_id` does."""

    reason: ExclusionReason
    sentence: str
    right: Right | None = None  # none where it is not about rights
    since: date | None = None
    party_id: int | None = None


@dataclass(frozen=True)
class Standing:
    """Whether a track may be used on a day, by whose word, and until when it is known to be."""

    track: Track
    objections: tuple[Objection, ...]
    until: date | None  # the first day on which it may not be; none where no end is known
    by: Mapping[Right, Consent] = field(default_factory=dict)  # what allows it, of each right

    @property
    def is_allowed(self) -> bool:
        return not self.objections

    @property
    def lacking(self) -> tuple[Right, ...]:
        """The rights under which nobody agreed, or somebody forbids."""
        return tuple(each.right for each in self.objections if each.right is not None)


def standings(
    tracks: Sequence[Track], model_version: ModelVersion, *, on: date, use: Use = Use.TRAINING
) -> list[Standing]:
    """Whether a model version may use each track, with its asset, on a day."""
    said: dict[tuple[int, str], list[Consent]] = defaultdict(list)
    for row in said_about(model_version).filter(track__in=tracks).order_by("pk"):
        said[row.track_id, row.right].append(row)
    return [
        _standing(track, {right: said[track.pk, right] for right in rights}, use, on)
        for track, rights in _touched(tracks, on)
    ]


def allowed_tracks(
    tracks: QuerySet[Track], model_version: ModelVersion, *, on: date, use: Use = Use.TRAINING
) -> QuerySet[Track]:
    """Of these tracks, those that a model version may use on a day."""
    valid = valid_on(said_about(model_version), on).filter(track=OuterRef("pk"))

    def agreed(right: Right) -> Q:
        about = valid.filter(right=right)
        allowing = about.filter(is_opt_out=False, use__in=use.granted_by)
        forbidding = about.filter(is_opt_out=True, use__in=use.forbidden_by)
        return Q(Exists(allowing)) & ~Q(Exists(forbidding))

    with tenancy.acting_as(tenancy.SYSTEM):  # scores that were recorded are few
        shares = Share.objects.filter(
            right=Right.RECORDING, track__asset__media_type=MIDI.media_type
        )
        recorded = set(valid_on(shares, on).values_list("track_id", flat=True))
    is_score = Q(asset__media_type=MIDI.media_type) & ~Q(pk__in=recorded)
    usable = tracks.filter(asset__isnull=False, merged_into=None).filter(agreed(Right.COMPOSITION))
    return usable.filter(is_score | agreed(Right.RECORDING))


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


def _standing(
    track: Track, said: Mapping[Right, Sequence[Consent]], use: Use, on: date
) -> Standing:
    objections = [*_objections_to(track)]
    by: dict[Right, Consent] = {}
    ends: list[date] = []
    for right, rows in said.items():
        objection = objection_to(rows, right, use, on)
        if objection is not None:
            objections.append(objection)
            continue
        by[right] = granting(rows, use, on)[0]
        ends += [_end(by[right]), *_starts_of_opt_outs(rows, use, on)]
    end = min(ends, default=date.max)
    until = None if objections or end == date.max else end
    return Standing(track, tuple(objections), until, by)


def _objections_to(track: Track) -> Iterable[Objection]:
    """What is against the track itself, whoever agreed."""
    if track.merged_into_id is not None:
        other = Track.objects.filter(pk=track.merged_into_id).first()  # hidden from some
        named = "" if other is None else f": {other.ref}"
        yield Objection(ExclusionReason.MERGED, f"It was found to be another track{named}.")
    if track.asset_id is None:
        yield Objection(ExclusionReason.NO_FILE, "The catalogue has no file of it.")


def objection_to(rows: Sequence[Consent], right: Right, use: Use, on: date) -> Objection | None:
    """What is against a use under one right on a day, by what was said about it, if anything is."""
    forbidding = [row for row in rows if _forbids(row, use) and _is_valid(row, on)]
    if forbidding:
        first = min(forbidding, key=lambda row: (row.valid_from, row.pk))
        sentence = f"A rights holder forbids {use} under its {right} since {first.valid_from}."
        return Objection(
            ExclusionReason.OPTED_OUT, sentence, right, first.valid_from, first.party_id
        )
    if granting(rows, use, on):
        return None
    ended = [
        row.valid_until
        for row in rows
        if _grants(row, use) and row.valid_until is not None and row.valid_from < row.valid_until
    ]
    last = max((day for day in ended if day <= on), default=None)
    if last is not None:
        sentence = f"The consent to {use} under its {right} ended on {last}."
        return Objection(ExclusionReason.CONSENT_ENDED, sentence, right, last)
    sentence = f"Nobody has agreed to {use} under its {right} on {on}."
    return Objection(ExclusionReason.NO_CONSENT, sentence, right)


def granting(rows: Sequence[Consent], use: Use, on: date) -> list[Consent]:
    """Of what was said, what allows a use on a day, that which lasts longest first."""
    allowing = [row for row in rows if _grants(row, use) and _is_valid(row, on)]
    return sorted(allowing, key=lambda row: (_end(row), row.pk), reverse=True)


def _starts_of_opt_outs(rows: Sequence[Consent], use: Use, on: date) -> list[date]:
    """From when it is known to be forbidden, though it is not yet."""
    later = (row for row in rows if _forbids(row, use) and row.valid_from > on)
    return [row.valid_from for row in later if row.valid_from < _end(row)]


def _grants(row: Consent, use: Use) -> bool:
    return not row.is_opt_out and row.use in use.granted_by


def _forbids(row: Consent, use: Use) -> bool:
    return row.is_opt_out and row.use in use.forbidden_by


def _is_valid(row: Consent, on: date) -> bool:
    return row.valid_from <= on < _end(row)


def _end(row: Consent) -> date:
    return row.valid_until or date.max
