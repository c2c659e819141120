"""Writing the plans of some rows, in bulk, inside the transaction of the import."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.manifest import PartyPlan
from catalog.models import Asset, Consent, Credit, Party, Right, Share, Track, Use, Work
from catalog.services.importing.copying import insert, update
from catalog.services.importing.planning import TRACK_FIELDS, WORK_FIELDS, RowPlan, Terms

ID_COLUMNS = {"ipi_name": "ipi", "isni": "isni", "ddex_party_id": "ddex"}


def write_parties(parties: PartyPlan) -> None:
    """Create parties, let those known by name take their Wikidata id, and keep ids learned."""
    renamed = dict(Party.objects.filter(ref__in=parties.renamed).values_list("ref", "pk"))
    update(Party, ["ref"], ((pk, parties.renamed[ref]) for ref, pk in renamed.items()))
    fields = ["ref", *ID_COLUMNS]
    learned = parties.learned.values()
    rows = (
        [party.ref, *(getattr(party, name) for name in ID_COLUMNS.values())] for party in learned
    )
    update(Party, fields[1:], rows, key="ref")
    new = parties.new.values()
    insert(
        Party,
        [*fields, "name"],
        (
            [party.ref, *(getattr(party, name) for name in ID_COLUMNS.values()), party.name]
            for party in new
        ),
    )


@dataclass(frozen=True)
class _Writing:
    """What the rows of one batch refer to, by key."""

    parties: PartyPlan
    party_of: Mapping[str, int]  # by ref
    work_of: Mapping[str, int]  # by ref, new ones too
    track_of: Mapping[str, int]

    def owner(self, plan: RowPlan, right: Right) -> tuple[int | None, int | None]:
        """The work or the track whose a right is, as the two columns hold it."""
        if right == Right.COMPOSITION:
            return (plan.work.pk if plan.work else self.work_of[plan.row.work_ref]), None
        return None, self.track_key(plan)

    def track_key(self, plan: RowPlan) -> int:
        return plan.track.pk if plan.track else self.track_of[plan.row.track_id]


def write_plans(
    plans: Sequence[RowPlan], parties: PartyPlan, assets: Mapping[str, Asset], terms: Terms
) -> None:
    """Make the catalogue say what the rows say; the plans hold no errors, the parties are there.

    Args:
        assets: the rows' files, by hash.
    """
    changed = [plan for plan in plans if plan.is_new or plan.changes]
    work_of = _create_works(changed, terms)
    track_of = _create_tracks(changed, work_of, assets, terms)
    writing = _Writing(parties, _party_keys(changed, parties), work_of, track_of)
    _change_works(changed)
    _change_tracks(changed, assets)
    _close_shares(changed)
    _open_shares(changed, writing)
    _write_credits(changed, writing)
    _create_consents(changed, writing)


def _party_keys(plans: Sequence[RowPlan], parties: PartyPlan) -> dict[str, int]:
    refs = {
        parties.ref_of(holder)
        for plan in plans
        for change in plan.share_changes
        for holder in change.opened
    }
    for plan in plans:
        for pairs in (*plan.new_credits.values(), *plan.old_credits.values()):
            refs |= {ref for ref, _ in pairs}
    return dict(Party.objects.filter(ref__in=refs).values_list("ref", "pk"))


def _create_works(plans: Sequence[RowPlan], terms: Terms) -> dict[str, int]:
    """Works that are new, and the keys of those that an earlier row of the delivery described."""
    new = {plan.row.work_ref: plan for plan in plans if plan.work is None and plan.leads}
    rows = (
        [ref, terms.sender_id, *(plan.work_values.get(name, "") for name in WORK_FIELDS)]
        for ref, plan in new.items()
    )
    inserted = insert(Work, ["ref", "sender", *WORK_FIELDS], rows, returning=["ref", "pk"])
    return dict(inserted)


def _create_tracks(
    plans: Sequence[RowPlan],
    work_of: Mapping[str, int],
    assets: Mapping[str, Asset],
    terms: Terms,
) -> dict[str, int]:
    new = [plan for plan in plans if plan.track is None and not plan.row.is_work]
    rows = (
        [
            plan.row.track_id,
            terms.sender_id,
            plan.work.pk if plan.work else work_of[plan.row.work_ref],
            assets[plan.file.sha256].pk if plan.file else None,
            *(_track_value(plan, name) for name in TRACK_FIELDS),
        ]
        for plan in new
    )
    fields = ["ref", "sender", "work", "asset", *TRACK_FIELDS]
    return dict(insert(Track, fields, rows, returning=["ref", "pk"]))


def _track_value(plan: RowPlan, name: str) -> Any:
    return plan.track_values.get(name, None if name == "released_on" else "")


def _change_works(plans: Sequence[RowPlan]) -> None:
    rows = (
        [
            plan.work.pk,
            *(plan.work_values.get(name, getattr(plan.work, name)) for name in WORK_FIELDS),
        ]
        for plan in plans
        if plan.work is not None and plan.work_values
    )
    update(Work, WORK_FIELDS, rows)


def _change_tracks(plans: Sequence[RowPlan], assets: Mapping[str, Asset]) -> None:
    def rows() -> Iterator[list[Any]]:
        for plan in plans:
            track = plan.track
            if track is None or not (plan.track_values or "file" in plan.changes):
                continue
            asset_id = assets[plan.file.sha256].pk if plan.file else track.asset_id
            values = (plan.track_values.get(name, getattr(track, name)) for name in TRACK_FIELDS)
            yield [track.pk, asset_id, *values]

    update(Track, ["asset", *TRACK_FIELDS], rows())


def _close_shares(plans: Sequence[RowPlan]) -> None:
    update(
        Share,
        ["valid_until"],
        (
            [share.pk, change.since]
            for plan in plans
            for change in plan.share_changes
            for share in change.closed
        ),
    )


def _open_shares(plans: Sequence[RowPlan], writing: _Writing) -> None:
    def rows() -> Iterator[list[Any]]:
        for plan in plans:
            for change in plan.share_changes:
                owner = writing.owner(plan, change.right)
                for holder in change.opened:
                    party = writing.party_of[writing.parties.ref_of(holder)]
                    said = [change.right, holder.role, plan.row.territory, holder.share_ppm]
                    yield [*owner, party, *said, change.since]

    fields = ["work", "track", "party", "right", "role", "territory", "share_ppm", "valid_from"]
    insert(Share, fields, rows())


def _write_credits(plans: Sequence[RowPlan], writing: _Writing) -> None:
    pairs = _credits(plans, writing, lambda plan: plan.new_credits)
    insert(Credit, ["work", "track", "party", "role"], pairs, ignore_conflicts=True)
    for work, track, party, role in _credits(plans, writing, lambda plan: plan.old_credits):
        Credit.objects.filter(work=work, track=track, party=party, role=role).delete()


def _credits(
    plans: Sequence[RowPlan],
    writing: _Writing,
    which: Callable[[RowPlan], Mapping[Right, set[tuple[str, str]]]],
) -> Iterator[tuple[int | None, int | None, int, str]]:
    for plan in plans:
        for right, pairs in which(plan).items():
            for ref, role in sorted(pairs):
                work, track = writing.owner(plan, right)
                yield work, track, writing.party_of[ref], role


def _create_consents(plans: Sequence[RowPlan], writing: _Writing) -> None:
    rows = (
        [
            writing.track_key(plan),
            right,
            Use.TRAINING,
            plan.row.consent_basis,
            plan.row.consent_from,
            plan.row.consent_until,
        ]
        for plan in plans
        for right in plan.new_consents
    )
    fields = ["track", "right", "use", "basis", "valid_from", "valid_until"]
    insert(Consent, fields, rows)
