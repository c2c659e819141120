"""Reading the catalogue: what the layers above ask of it, typed. Nothing here writes."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from numpy.typing import NDArray

from accounts.models import Organisation
from catalog.media import MIDI
from catalog.models import (
    ANYWHERE_ELSE,
    Consent,
    ModelVersion,
    Party,
    Platform,
    Right,
    Share,
    Track,
    TrainingRole,
    TrainingSet,
    TrainingSetTrack,
    Work,
)

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class TrainingTrack:
    """A member of a training set with the file that was used."""

    track_id: int
    ref: str
    title: str
    position: int
    role: str
    asset_sha256: str


@dataclass(frozen=True)
class Ownership:
    """Who holds how much of which track under one right on one day, sorted by track and party.

    A party with several roles in a work stands once, with the sum. What is missing from 10⁶ ppm of
    a track is claimed by nobody.
    """

    track_ids: NDArray[np.int64]  # (n_holdings,)
    party_ids: NDArray[np.int64]  # (n_holdings,)
    share_ppm: NDArray[np.int64]  # (n_holdings,)


def tracks_of(training_set: TrainingSet) -> list[TrainingTrack]:
    """The members of a training set in the order of their positions."""
    members = training_set.members.select_related("track").order_by("position")
    return [
        TrainingTrack(
            track_id=member.track_id,
            ref=member.track.ref,
            title=member.track.title,
            position=member.position,
            role=member.role,
            asset_sha256=member.asset_sha256,
        )
        for member in members
    ]


def roles_of(training_set: TrainingSet) -> dict[str, int]:
    """How many members have which role."""
    counts = training_set.members.values_list("role").annotate(Count("pk")).order_by("role")
    return dict(counts)


def ownership(
    track_ids: Iterable[int], *, right: Right, on: date, country: str = ANYWHERE_ELSE
) -> Ownership:
    """The shares valid on a day in a country, in the works of these tracks or in themselves.

    A work that is merged has the shares of the one that it is, and a merged party's count as those
    of the party that it is. Tracks are not looked behind: ask for the survivors of `survivors`.

    Args:
        country: ISO 3166-1 alpha-2; unless it is said, what holds in every country that no share
            names, so that of a publisher's WW-DE and its sub-publisher's DE one counts.
    """
    owned = "work_id" if right == Right.COMPOSITION else "track_id"
    tracks_of = _tracks_by_owned(track_ids, right)
    shares = valid_on(Share.objects.filter(right=right), on).filter(territory__holds_in=country)
    rows = (
        shares.filter(**{f"{owned}__in": list(tracks_of)})
        .values_list(F(owned), Coalesce("party__merged_into_id", "party_id"))
        .annotate(total_ppm=Sum("share_ppm"))
    )
    holdings = sorted(
        (track_id, party_id, total_ppm)
        for owned_id, party_id, total_ppm in rows
        for track_id in tracks_of[owned_id]
    )
    table = np.array(holdings, dtype=np.int64).reshape(-1, 3)  # (n_holdings, 3)
    return Ownership(*(np.ascontiguousarray(column) for column in table.T))


def _tracks_by_owned(track_ids: Iterable[int], right: Right) -> dict[int, list[int]]:
    """By what the shares of a right name, a work or a track: the tracks that it is about."""
    if right != Right.COMPOSITION:
        return {track_id: [track_id] for track_id in track_ids}
    works = Track.objects.filter(pk__in=list(track_ids)).values_list(
        "pk", Coalesce("work__merged_into_id", "work_id")
    )
    tracks: dict[int, list[int]] = {}
    for track_id, work_id in works:
        tracks.setdefault(work_id, []).append(track_id)
    return tracks


def survivors() -> dict[int, int]:
    """By each merged track, the one that it is."""
    merged = Track.objects.filter(merged_into__isnull=False)
    return dict(merged.values_list("pk", "merged_into_id"))


def parties_of(organisation: Organisation) -> list[Party]:
    """The parties whose data an organisation may see, by name."""
    return list(
        Party.objects.filter(representations__organisation=organisation).order_by("name", "pk")
    )


def parties_by_id(party_ids: Iterable[int]) -> dict[int, Party]:
    """Parties by primary key."""
    return Party.objects.in_bulk(list(party_ids))


def touched_rights(media_type: str, *, has_recording_shares: bool) -> list[Right]:
    """The rights that training on a track touches: a score holds no recording, audio does."""
    is_recording = media_type != MIDI.media_type or has_recording_shares
    return [Right.COMPOSITION, Right.RECORDING] if is_recording else [Right.COMPOSITION]


def consents_for(platform: Platform) -> QuerySet[Consent]:
    """The consents that concern a platform, ended ones too: for any model or one of its own."""
    return Consent.objects.filter(Q(model_version=None) | Q(model_version__platform=platform))


def tracks_for(platform: Platform) -> QuerySet[Track]:
    """The tracks that a platform may know: by an opt-in, or since it trained on them."""
    offered = consents_for(platform).filter(is_opt_out=False)
    members = TrainingSetTrack.objects.filter(training_set__model_version__platform=platform)
    return Track.objects.filter(
        Exists(offered.filter(track=OuterRef("pk"))) | Exists(members.filter(track=OuterRef("pk")))
    )


def said_about(model_version: ModelVersion) -> QuerySet[Consent]:
    """What was said, on any day, for or against the use of tracks by a model version."""
    return Consent.objects.filter(Q(model_version=None) | Q(model_version=model_version))


def said_for(parties: Collection[Party]) -> QuerySet[Consent]:
    """What was said, by anybody and on any day, of rights in which parties have or had a share."""
    shares = Share.objects.filter(party__in=parties)
    works = shares.filter(right=Right.COMPOSITION).values("work")
    recordings = shares.filter(right=Right.RECORDING).values("track")
    return Consent.objects.filter(
        Q(right=Right.COMPOSITION, track__work__in=works)
        | Q(right=Right.RECORDING, track__in=recordings)
    )


@dataclass(frozen=True)
class TrainedModel:
    """A model version that was trained on some tracks; that cannot be undone."""

    model_version: ModelVersion
    since: date  # the day as of which its training set was frozen
    track_count: int


def trained_on(tracks: Collection[Track]) -> list[TrainedModel]:
    """The model versions that were trained on any of these tracks, the oldest first."""
    members = TrainingSetTrack.objects.filter(track__in=tracks, role=TrainingRole.TRAIN)
    counts = dict(members.values_list("training_set").annotate(Count("pk")))
    sets = TrainingSet.objects.filter(pk__in=counts).select_related("model_version__platform")
    return [
        TrainedModel(each.model_version, each.frozen_at.date(), counts[each.pk])
        for each in sets.order_by("frozen_at", "pk")
    ]


def tracks_with_recording_shares(tracks: Collection[Track], *, on: date) -> set[int]:
    """Keys of the tracks in whose recording somebody has a share on a day."""
    shares = Share.objects.filter(track__in=tracks, right=Right.RECORDING)
    return set(valid_on(shares, on).values_list("track_id", flat=True)) - {None}


def valid_on(rows: QuerySet[Row], on: date) -> QuerySet[Row]:
    """Of rows with `valid_from` and `valid_until`, those of a day; the last day is not valid."""
    return rows.filter(valid_from__lte=on).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=on)
    )


@dataclass(frozen=True)
class OwnWork:
    """A work with its tracks and the shares in it or in them that are valid on a day."""

    work: Work
    tracks: tuple[Track, ...]
    shares: tuple[Share, ...]  # composition first, then track by track, largest first

    def part_ppm(self, parties: Collection[Party]) -> int:
        """What these parties have of the composition together, in the country where it is most.

        A publisher's share of the world without Germany and one of Germany are not added up.
        """
        own = [
            share
            for share in self.shares
            if share.party in parties and share.right == Right.COMPOSITION
        ]
        named = {code for each in own for code in each.territory.only | each.territory.world_but}
        return max(
            sum(share.share_ppm for share in own if country in share.territory)
            for country in (ANYWHERE_ELSE, *named)
        )


def works_of(parties: Collection[Party]) -> QuerySet[Work]:
    """The works in which parties have or had a share, or in a recording of which they have."""
    in_work = Share.objects.filter(party__in=parties, work__isnull=False).values("work")
    in_track = Share.objects.filter(party__in=parties, track__isnull=False).values("track__work")
    return Work.objects.filter(Q(pk__in=in_work) | Q(pk__in=in_track))


def described_works(work_ids: Collection[int], *, on: date) -> list[OwnWork]:
    """Works with tracks and shares, in the order of the ids; three queries."""
    works = Work.objects.in_bulk(list(work_ids))
    tracks: dict[int, list[Track]] = {}
    for track in Track.objects.filter(work__in=works).order_by("title", "ref"):
        tracks.setdefault(track.work_id, []).append(track)
    shares: dict[int, list[Share]] = {}
    valid = valid_on(Share.objects.filter(Q(work__in=works) | Q(track__work__in=works)), on)
    ordered = valid.order_by("right", "track__ref", "-share_ppm", "party__name", "role", "pk")
    for share in ordered.select_related("party", "track"):
        work_id = share.work_id or (share.track.work_id if share.track else None)
        shares.setdefault(work_id or 0, []).append(share)
    return [
        OwnWork(works[pk], tuple(tracks.get(pk, [])), tuple(shares.get(pk, [])))
        for pk in work_ids
        if pk in works
    ]
