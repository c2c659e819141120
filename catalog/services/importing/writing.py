"""Writing the plans of all rows, in bulk, inside the transaction of the import."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from catalog.manifest import Holder, PartyPlan
from catalog.models import Asset, Consent, Party, Right, Share, Track, Work
from catalog.services.importing.files import store_files
from catalog.services.importing.planning import TRACK_FIELDS, WORK_FIELDS, RowPlan


def write_plans(plans: Sequence[RowPlan], parties: PartyPlan, root: Path) -> None:
    """Make the catalogue say what the rows say; the plans hold no errors any more.

    Raises:
        UnreadableMedia: a file changed since it was checked.
    """
    party_by_ref = _write_parties(plans, parties)
    assets = store_files((plan.file for plan in plans), root)
    _create_tracks([plan for plan in plans if plan.is_new], assets)
    _change_tracks([plan for plan in plans if plan.changes and not plan.is_new], assets)
    _close_shares(plans)
    _open_shares(plans, parties, party_by_ref)
    _create_consents(plans)


def _write_parties(plans: Sequence[RowPlan], parties: PartyPlan) -> dict[str, Party]:
    """Create and promote parties; returns those that get new shares, by reference."""
    promoted = list(Party.objects.filter(ref__in=parties.renamed))
    for party in promoted:
        party.ref = parties.renamed[party.ref]
    Party.objects.bulk_update(promoted, ["ref"], batch_size=1000)
    Party.objects.bulk_create(Party(ref=ref, name=name) for ref, name in parties.new.items())
    needed = {
        parties.ref_of(holder)
        for plan in plans
        for change in plan.share_changes
        for holder in change.opened
    }
    return {party.ref: party for party in Party.objects.filter(ref__in=needed)}


def _create_tracks(plans: Sequence[RowPlan], assets: Mapping[str, Asset]) -> None:
    works = Work.objects.bulk_create(
        Work(ref=f"work:{plan.row.track_id}", title=plan.row.title, collection=plan.row.collection)
        for plan in plans
    )
    tracks = Track.objects.bulk_create(
        Track(
            ref=plan.row.track_id,
            work=work,
            asset=assets[plan.file.sha256],
            title=plan.row.title,
            genre=plan.row.genre,
            licence=plan.row.licence,
            source_url=plan.row.source_url,
        )
        for plan, work in zip(plans, works, strict=True)
    )
    for plan, track in zip(plans, tracks, strict=True):
        plan.track = track


def _change_tracks(plans: Sequence[RowPlan], assets: Mapping[str, Asset]) -> None:
    works, tracks = [], []
    for plan in plans:
        track = _track(plan)
        for name in WORK_FIELDS:
            setattr(track.work, name, getattr(plan.row, name))
        for name in TRACK_FIELDS:
            setattr(track, name, getattr(plan.row, name))
        track.asset = assets[plan.file.sha256]
        works.append(track.work)
        tracks.append(track)
    Work.objects.bulk_update(works, WORK_FIELDS, batch_size=1000)
    Track.objects.bulk_update(tracks, [*TRACK_FIELDS, "asset"], batch_size=1000)


def _close_shares(plans: Sequence[RowPlan]) -> None:
    closed = []
    for change in (change for plan in plans for change in plan.share_changes):
        for share in change.closed:
            share.valid_until = change.since
            closed.append(share)
    Share.objects.bulk_update(closed, ["valid_until"], batch_size=1000)


def _open_shares(
    plans: Sequence[RowPlan], parties: PartyPlan, party_by_ref: Mapping[str, Party]
) -> None:
    Share.objects.bulk_create(
        (
            _new_share(_track(plan), holder, party_by_ref[parties.ref_of(holder)], change.since)
            for plan in plans
            for change in plan.share_changes
            for holder in change.opened
        ),
        batch_size=5000,
    )


def _new_share(track: Track, holder: Holder, party: Party, since: date) -> Share:
    is_composition = holder.right == Right.COMPOSITION
    return Share(
        work=track.work if is_composition else None,
        track=None if is_composition else track,
        party=party,
        right=holder.right,
        role=holder.role,
        share_ppm=holder.share_ppm,
        valid_from=since,
    )


def _create_consents(plans: Sequence[RowPlan]) -> None:
    consents = []
    for plan in plans:
        for right in plan.new_consents:
            assert plan.row.consent_from is not None
            consents.append(
                Consent(
                    track=_track(plan),
                    right=right,
                    basis=plan.row.consent_basis,
                    valid_from=plan.row.consent_from,
                )
            )
    Consent.objects.bulk_create(consents, batch_size=5000)


def _track(plan: RowPlan) -> Track:
    assert plan.track is not None
    return plan.track
