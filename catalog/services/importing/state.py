"""What the catalogue holds of the tracks that a manifest names, read in a few queries."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from catalog.models import Consent, Share, Track, TrainingSetTrack


@dataclass(frozen=True)
class CatalogueState:
    """The catalogue as far as a manifest touches it."""

    tracks: dict[str, Track]  # by ref, with work and asset
    shares: dict[tuple[str, str], list[Share]]  # by track ref and right, with party
    consents: dict[str, list[Consent]]  # by track ref; those for any model version
    trained_hashes: dict[str, set[str]]  # track ref → hashes of its files in frozen sets
    owner_of_file: dict[str, str]  # file hash → ref of the track that has it


def read_state(refs: Collection[str], file_hashes: Collection[str]) -> CatalogueState:
    """The state of these tracks and files."""
    tracks = {
        track.ref: track
        for track in Track.objects.filter(ref__in=refs).select_related("work", "asset")
    }
    return CatalogueState(
        tracks=tracks,
        shares=_shares(tracks),
        consents=_consents(tracks),
        trained_hashes=_trained_hashes(tracks),
        owner_of_file=dict(
            Track.objects.filter(asset__sha256__in=file_hashes).values_list("asset__sha256", "ref")
        ),
    )


def _shares(tracks: dict[str, Track]) -> dict[tuple[str, str], list[Share]]:
    ref_of_work = {track.work_id: ref for ref, track in tracks.items()}
    ref_of_track = {track.pk: ref for ref, track in tracks.items()}
    shares: defaultdict[tuple[str, str], list[Share]] = defaultdict(list)
    for share in Share.objects.filter(work__in=ref_of_work).select_related("party"):
        assert share.work_id is not None
        shares[ref_of_work[share.work_id], share.right].append(share)
    for share in Share.objects.filter(track__in=ref_of_track).select_related("party"):
        assert share.track_id is not None
        shares[ref_of_track[share.track_id], share.right].append(share)
    return shares


def _consents(tracks: dict[str, Track]) -> dict[str, list[Consent]]:
    ref_of_track = {track.pk: ref for ref, track in tracks.items()}
    consents: defaultdict[str, list[Consent]] = defaultdict(list)
    for consent in Consent.objects.filter(track__in=ref_of_track, model_version=None):
        consents[ref_of_track[consent.track_id]].append(consent)
    return consents


def _trained_hashes(tracks: dict[str, Track]) -> dict[str, set[str]]:
    hashes: defaultdict[str, set[str]] = defaultdict(set)
    members = TrainingSetTrack.objects.filter(track__ref__in=tracks)
    for ref, digest in members.values_list("track__ref", "asset_sha256"):
        hashes[ref].add(digest)
    return hashes
