"""Comparing a row with the catalogue: what has to be written, or why it must not be."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from catalog.manifest import Holder, ManifestRow, PartyPlan, RowError
from catalog.models import Consent, Right, Share, Track
from catalog.selectors import touched_rights
from catalog.services.importing.files import MusicFile
from catalog.services.importing.report import Outcome
from catalog.services.importing.state import CatalogueState

TRACK_FIELDS = ("title", "genre", "licence", "source_url")
WORK_FIELDS = ("title", "collection")


@dataclass(frozen=True)
class ShareChange:
    """Shares of one right that end on a day, and those that begin on it."""

    since: date
    closed: tuple[Share, ...]
    opened: tuple[Holder, ...]


@dataclass
class RowPlan:
    """What one row makes of the catalogue. Nothing is written while it is made."""

    row: ManifestRow
    file: MusicFile
    track: Track | None  # None until a new one is written
    changes: list[str] = field(default_factory=list)
    share_changes: list[ShareChange] = field(default_factory=list)
    new_consents: list[Right] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    is_new: bool = field(init=False)

    def __post_init__(self) -> None:
        self.is_new = self.track is None

    @property
    def outcome(self) -> Outcome:
        if self.errors:
            return Outcome.REJECTED
        if self.is_new:
            return Outcome.CREATED
        return Outcome.CHANGED if self.changes else Outcome.UNCHANGED

    def refuse(self, column: str, message: str) -> None:
        self.errors.append(RowError(self.row.number, column, message))


def plan_row(
    row: ManifestRow,
    file: MusicFile,
    state: CatalogueState,
    parties: PartyPlan,
    as_of: date,
) -> RowPlan:
    """The plan of one row whose cells, file and parties are fine."""
    plan = RowPlan(row, file, state.tracks.get(row.track_id))
    _plan_description(plan)
    _plan_file(plan, state)
    for right in Right:
        _plan_shares(plan, right, state, parties, as_of)
    _plan_consents(plan, state)
    return plan


def _plan_description(plan: RowPlan) -> None:
    if plan.track is None:
        return
    for names, there in ((TRACK_FIELDS, plan.track), (WORK_FIELDS, plan.track.work)):
        for name in names:
            if getattr(there, name) != getattr(plan.row, name) and name not in plan.changes:
                plan.changes.append(name)


def _plan_file(plan: RowPlan, state: CatalogueState) -> None:
    owner = state.owner_of_file.get(plan.file.sha256, plan.row.track_id)
    if owner != plan.row.track_id:
        plan.refuse(
            "file",
            f"{plan.row.file} is in the catalogue as track {owner}; "
            "one file is one track, or it would be paid twice.",
        )
    elif plan.track is not None and _sha256(plan.track) != plan.file.sha256:
        if state.trained_hashes.get(plan.row.track_id):
            plan.refuse(
                "file",
                f"A model was trained on another file of track {plan.row.track_id}, which must "
                "stay; give the new file a track_id of its own.",
            )
        plan.changes.append("file")


def _sha256(track: Track) -> str:
    return "" if track.asset is None else track.asset.sha256


def _plan_shares(
    plan: RowPlan, right: Right, state: CatalogueState, parties: PartyPlan, as_of: date
) -> None:
    """Leave the shares of a right as they are, or close them and open the row's."""
    holders = plan.row.holders_of(right)
    if not holders:
        return
    _refuse_repeated(plan, holders, parties)
    there = state.shares.get((plan.row.track_id, right), [])
    since = _share_date(plan.row, as_of) if there else plan.row.first_shares_date
    valid = tuple(share for share in there if _holds_on(share, since))
    said = {(parties.ref_of(holder), holder.role, holder.share_ppm) for holder in holders}
    held = {(_current_ref(share, parties), share.role, share.share_ppm) for share in valid}
    if said == held:
        return
    later = [share.valid_from for share in there if share.valid_from >= since]
    if later:
        plan.refuse("shares_from", _history(right, since, max(later)))
    plan.changes.append(f"{right} shares")
    plan.share_changes.append(ShareChange(since, valid, holders))


def _share_date(row: ManifestRow, as_of: date) -> date:
    """Of which day the row's shares speak, where there are shares to compare them with."""
    return row.shares_from or max(as_of, row.first_shares_date)


def _holds_on(share: Share, day: date) -> bool:
    return share.valid_from <= day and (share.valid_until is None or day < share.valid_until)


def _refuse_repeated(plan: RowPlan, holders: tuple[Holder, ...], parties: PartyPlan) -> None:
    times = Counter((parties.ref_of(holder), holder.role) for holder in holders)
    for (ref, role), count in times.items():
        if count > 1:
            plan.refuse(
                role, f"One party ({ref}) is named {count} times as {role}; add up its shares."
            )


def _current_ref(share: Share, parties: PartyPlan) -> str:
    return parties.renamed.get(share.party.ref, share.party.ref)


def _history(right: str, since: date, latest: date) -> str:
    return (
        f"The {right} has other shares, some of them from {latest} on, and what was valid is not "
        f"rewritten from {since}; write a later day in shares_from."
    )


def _plan_consents(plan: RowPlan, state: CatalogueState) -> None:
    if plan.row.consent_from is None:
        return
    there = state.consents.get(plan.row.track_id, [])
    has_recording = bool(plan.row.holders_of(Right.RECORDING))
    for right in touched_rights(plan.file.kind.media_type, has_recording_shares=has_recording):
        same_day = _consent_on(there, right, plan)
        if same_day is not None and same_day.basis != plan.row.consent_basis:
            plan.refuse(
                "consent_basis",
                f"The consent from {plan.row.consent_from} is recorded with the basis "
                f"“{same_day.basis}”; a new basis needs a later consent_from.",
            )
        elif same_day is None:
            plan.new_consents.append(right)
    if plan.new_consents:
        plan.changes.append("consent")


def _consent_on(consents: list[Consent], right: Right, plan: RowPlan) -> Consent | None:
    return next(
        (
            consent
            for consent in consents
            if consent.right == right and consent.valid_from == plan.row.consent_from
        ),
        None,
    )
