"""What the catalogue holds of the tracks and works that some rows name, read in a few queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from catalog.manifest import KnownParty, ManifestRow
from catalog.models import (
    Consent,
    Credit,
    Party,
    Representation,
    Share,
    Track,
    TrainingSetTrack,
    Use,
    Work,
)
from catalog.territories import Territory

Pair = tuple[str, str]  # a party's ref and its role
# The ref of the party that a party was found to be, or its own.
PARTY_NOW = Coalesce(F("party__merged_into__ref"), F("party__ref"))


class HeldShare(NamedTuple):
    """A share that is there. Rows are compared with very many, so it is no model's object."""

    pk: int
    party_id: int
    party_ref: str  # of the party that it is now
    role: str
    territory: Territory
    share_ppm: int
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class CatalogueState:
    """The catalogue as far as some rows touch it; refs are those of rows, keys those of tables."""

    tracks: dict[str, Track]  # by ref, with work and asset
    works: dict[str, Work]  # by ref, those of the tracks too
    shares_of_work: dict[int, list[HeldShare]]
    shares_of_track: dict[int, list[HeldShare]]
    credits_of_work: dict[int, set[Pair]]
    credits_of_track: dict[int, set[Pair]]
    consents: dict[int, list[Consent]]  # by track: those of a delivery, for any model version
    senders_for: dict[int, set[int]]  # by a holder of those works: senders that act for the party
    trained_hashes: dict[int, set[str]]  # by track: hashes of its files in frozen sets
    owner_of_file: dict[str, str]  # file hash → ref of the track that has it
    owner_of_isrc: dict[str, str]
    owner_of_iswc: dict[str, str]


def read_state(rows: Collection[ManifestRow], file_hashes: Collection[str]) -> CatalogueState:
    """The state of what these rows and files are about."""
    related = Track.objects.select_related("work", "asset", "derived_from", "merged_into")
    refs = {row.track_id for row in rows if row.track_id}
    tracks = {track.ref: track for track in related.filter(ref__in=refs)}
    works = {track.work.ref: track.work for track in tracks.values()}
    of_iswc = _works_of({row.iswc for row in rows if row.iswc})
    named = {row.work_ref for row in rows}.union(of_iswc.values()) - works.keys()
    for work in Work.objects.filter(ref__in=named).select_related("merged_into"):
        works[work.ref] = work
    work_ids = {work.pk for work in works.values()}
    track_ids = {track.pk for track in tracks.values()}
    shares_of_work = _shares("work", work_ids)
    return CatalogueState(
        tracks=tracks,
        works=works,
        shares_of_work=shares_of_work,
        shares_of_track=_shares("track", track_ids),
        credits_of_work=_credits("work", work_ids),
        credits_of_track=_credits("track", track_ids),
        consents=_delivered_consents(track_ids),
        senders_for=_senders_for(shares_of_work) if any(row.consent_from for row in rows) else {},
        trained_hashes=_trained_hashes(track_ids),
        owner_of_file=_owners(file_hashes, "asset__sha256"),
        owner_of_isrc=_owners({row.isrc for row in rows if row.isrc}, "isrc"),
        owner_of_iswc=of_iswc,
    )


def known_parties() -> list[KnownParty]:
    """All parties of the catalogue; one that was merged names the one that it is now."""
    rows = Party.objects.values_list(
        "pk", "ref", "name", "ipi_name", "isni", "ddex_party_id", "merged_into"
    )
    listed = list(rows)
    next_of = {pk: into for pk, *_, into in listed if into is not None}
    ref_of = {pk: ref for pk, ref, *_ in listed}

    def now(pk: int) -> str:
        while pk in next_of:
            pk = next_of[pk]
        return ref_of[pk]

    return [
        KnownParty(ref, name, ipi, isni, ddex, now(pk) if into is not None else "")
        for pk, ref, name, ipi, isni, ddex, into in listed
    ]


def _works_of(iswcs: set[str]) -> dict[str, str]:
    """The ref of the work that has an ISWC, or that the one which had it was found to be."""
    found = Work.objects.filter(iswc__in=iswcs).order_by(F("merged_into").desc(nulls_last=True))
    owners = {}
    for work in found.select_related("merged_into"):
        now = work
        while now.merged_into is not None:  # merges make no circles
            now = now.merged_into
        owners[work.iswc] = now.ref
    return owners


def _shares(key: str, ids: set[int]) -> dict[int, list[HeldShare]]:
    grouped: defaultdict[int, list[HeldShare]] = defaultdict(list)
    rows = Share.objects.filter(**{f"{key}__in": ids}).values_list(
        *(key, "pk", "party_id", PARTY_NOW, "role", "territory"),
        *("share_ppm", "valid_from", "valid_until"),
    )
    for owner, *share in rows:
        grouped[owner].append(HeldShare(*share))
    return grouped


def _credits(key: str, ids: set[int]) -> dict[int, set[Pair]]:
    grouped: defaultdict[int, set[Pair]] = defaultdict(set)
    rows = Credit.objects.filter(**{f"{key}__in": ids}).values_list(key, PARTY_NOW, "role")
    for owner, ref, role in rows:
        grouped[owner].add((ref, role))
    return grouped


def _delivered_consents(track_ids: set[int]) -> dict[int, list[Consent]]:
    grouped: defaultdict[int, list[Consent]] = defaultdict(list)
    for consent in Consent.objects.filter(
        track__in=track_ids, model_version=None, party=None, use=Use.TRAINING, is_opt_out=False
    ):
        grouped[consent.track_id].append(consent)
    return grouped


def _senders_for(shares_of_work: Mapping[int, Collection[HeldShare]]) -> dict[int, set[int]]:
    holders = {share.party_id for shares in shares_of_work.values() for share in shares}
    grouped: defaultdict[int, set[int]] = defaultdict(set)
    pairs = Representation.objects.filter(party__in=holders, organisation__senders__isnull=False)
    for party_id, sender_id in pairs.values_list("party_id", "organisation__senders"):
        grouped[party_id].add(sender_id)
    return grouped


def _trained_hashes(track_ids: set[int]) -> dict[int, set[str]]:
    hashes: defaultdict[int, set[str]] = defaultdict(set)
    members = TrainingSetTrack.objects.filter(track__in=track_ids)
    for track_id, digest in members.values_list("track", "asset_sha256"):
        hashes[track_id].add(digest)
    return hashes


def _owners(values: Collection[str], field: str) -> dict[str, str]:
    """Which track has a value of its own, merged ones aside."""
    found = Track.objects.filter(Q(**{f"{field}__in": values}), merged_into=None)
    return dict(found.values_list(field, "ref"))
