"""What holds for a rights holder's tracks, in words, right by right."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from catalog.models import Consent, ExclusionReason, Party, Right, Share, Track, Use
from catalog.selectors import ownership, valid_on
from catalog.services.consents.standing import granting, objection_to


@dataclass(frozen=True)
class State:
    """Whether a use is allowed, and by whom."""

    is_allowed: bool
    is_own_no: bool  # whether one of the parties forbids it, which it may take back
    sentence: str


@dataclass(frozen=True)
class RightState:
    """What holds for one right of a track, for any model; `exceptions` are about single ones."""

    track: Track
    right: Right
    own_ppm: int
    training: State
    attribution: State
    exceptions: tuple[str, ...]


def tracks_held_by(parties: Collection[Party], *, on: date) -> QuerySet[Track]:
    """The tracks in a right of which parties have a share on a day; merged ones apart."""
    shares = valid_on(Share.objects.filter(party__in=parties), on)
    return Track.objects.filter(
        Q(work__in=shares.filter(right=Right.COMPOSITION).values("work"))
        | Q(pk__in=shares.filter(right=Right.RECORDING).values("track")),
        merged_into=None,
    )


def parts_of(
    parties: Collection[Party], tracks: Sequence[Track], right: Right, *, on: date
) -> dict[Party, list[Track]]:
    """Of these tracks, those in whose right each party has a part on a day."""
    owned = ownership([track.pk for track in tracks], right=right, on=on)
    pairs = set(zip(owned.track_ids.tolist(), owned.party_ids.tolist(), strict=True))
    found = {
        party: [track for track in tracks if (track.pk, party.pk) in pairs] for party in parties
    }
    return {party: own for party, own in found.items() if own}


def states_of(tracks: Sequence[Track], parties: Collection[Party], *, on: date) -> list[RightState]:
    """What holds on a day for each right in which parties have a part, track by track."""
    own_ids = {party.pk for party in parties}
    said: Mapping[tuple[int, str], list[Consent]] = defaultdict(list)
    rows = Consent.objects.filter(track__in=tracks).select_related("model_version")
    for row in rows.order_by("valid_from", "pk"):
        said[row.track_id, row.right].append(row)
    held = {right: _held(tracks, right, own_ids, on) for right in Right}
    return [
        _right_state(track, right, held[right][track.pk], said[track.pk, right], own_ids, on)
        for track in tracks
        for right in Right
        if track.pk in held[right]
    ]


def _held(
    tracks: Sequence[Track], right: Right, own_ids: Collection[int], on: date
) -> dict[int, int]:
    owned = ownership([track.pk for track in tracks], right=right, on=on)
    held: dict[int, int] = {}
    for track_id, party_id, share_ppm in zip(
        owned.track_ids.tolist(), owned.party_ids.tolist(), owned.share_ppm.tolist(), strict=True
    ):
        if party_id in own_ids:
            held[track_id] = held.get(track_id, 0) + share_ppm
    return held


def _right_state(
    track: Track,
    right: Right,
    own_ppm: int,
    rows: Sequence[Consent],
    own_ids: Collection[int],
    on: date,
) -> RightState:
    for_any = [row for row in rows if row.names_no_model]
    return RightState(
        track=track,
        right=right,
        own_ppm=own_ppm,
        training=_state(for_any, right, Use.TRAINING, own_ids, on),
        attribution=_state(for_any, right, Use.ATTRIBUTION, own_ids, on),
        exceptions=tuple(
            _exception(row, own_ids)
            for row in rows
            if not row.names_no_model and (row.valid_until is None or row.valid_until > on)
        ),
    )


def _state(
    rows: Sequence[Consent], right: Right, use: Use, own_ids: Collection[int], on: date
) -> State:
    objection = objection_to(rows, right, use, on)
    is_own_no = any(
        row.is_opt_out
        and row.party_id in own_ids
        and row.use in use.forbidden_by
        and (row.valid_until is None or row.valid_until > on)
        for row in rows
    )
    if objection is None:
        row = granting(rows, use, on)[0]
        how = _whose(row, own_ids) if row.party_id else row.basis
        return State(True, is_own_no, f"agreed since {row.valid_from} ({how})")
    if objection.reason == ExclusionReason.OPTED_OUT:
        whose = "you" if objection.party_id in own_ids else "another holder"
        return State(False, is_own_no, f"forbidden by {whose} since {objection.since}")
    if objection.reason == ExclusionReason.CONSENT_ENDED:
        return State(False, is_own_no, f"consent ended on {objection.since}")
    return State(False, is_own_no, "nobody has agreed")


def _exception(row: Consent, own_ids: Collection[int]) -> str:
    model = "a model that you do not see" if row.model_version is None else str(row.model_version)
    what = "forbidden" if row.is_opt_out else "agreed"
    until = f" until {row.valid_until}" if row.valid_until else ""
    return f"{model}: {row.use} {what} from {row.valid_from}{until} ({_whose(row, own_ids)})"


def _whose(row: Consent, own_ids: Collection[int]) -> str:
    if row.party_id is None:
        return row.basis
    return "by you" if row.party_id in own_ids else "by another holder"
