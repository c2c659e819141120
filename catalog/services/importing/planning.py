"""Comparing a row with the catalogue: what has to be written, or why it must not be."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from catalog.manifest import Holder, ManifestRow, PartyPlan, RowError, RowWarning
from catalog.manifest.faults import quote
from catalog.manifest.outcomes import Outcome
from catalog.manifest.parties import normalised_name
from catalog.models import Right, Track, Work
from catalog.selectors import touched_rights
from catalog.services.importing.files import MusicFile
from catalog.services.importing.sharing import (
    ShareChange,
    ShareRefused,
    holds_on,
    plan_right,
)
from catalog.services.importing.state import CatalogueState, Pair
from common.money import PPM

TRACK_FIELDS = (
    "title",
    "version",
    "artist",
    "isrc",
    "release_title",
    "release_ean",
    "released_on",
    "genre",
    "licence",
    "source_url",
)
WORK_FIELDS = ("title", "version", "collection", "iswc", "language")
CLAIM_INSTEAD = "claim a share instead, or use an id of your own"


@dataclass(frozen=True)
class Terms:
    """On what terms rows are taken: whose they are, and since when what they change holds."""

    as_of: date
    sender_id: int | None = None


@dataclass
class RowPlan:
    """What one row makes of the catalogue. Nothing is written while it is made."""

    row: ManifestRow
    file: MusicFile | None
    track: Track | None
    work: Work | None
    leads: bool  # whether the row speaks for its work, and no earlier one
    changes: list[str] = field(default_factory=list)
    track_values: dict[str, Any] = field(default_factory=dict)
    work_values: dict[str, Any] = field(default_factory=dict)
    share_changes: list[ShareChange] = field(default_factory=list)
    new_credits: dict[Right, set[Pair]] = field(default_factory=dict)
    old_credits: dict[Right, set[Pair]] = field(default_factory=dict)
    new_consents: list[Right] = field(default_factory=list)
    warnings: list[RowWarning] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return (self.work if self.row.is_work else self.track) is None

    @property
    def outcome(self) -> Outcome:
        if self.errors:
            return Outcome.REJECTED
        if self.is_new:
            return Outcome.CREATED
        return Outcome.CHANGED if self.changes else Outcome.UNCHANGED

    def refuse(self, column: str, message: str) -> None:
        self.errors.append(RowError(self.row.number, column, message))

    def note(self, *changes: str) -> None:
        """Say what differs from the catalogue, each thing once."""
        self.changes += [each for each in changes if each not in self.changes]

    def key_of(self, right: Right) -> int | None:
        """The key of the work or track in which a right's shares are; None if it is new."""
        owner = self.work if right == Right.COMPOSITION else self.track
        return None if owner is None else owner.pk


def with_work(row: ManifestRow, state: CatalogueState, delivered: Mapping[str, str]) -> ManifestRow:
    """A track's row that tells its work by the ISWC alone, as one of the work that has it.

    A label knows what it recorded by its ISWC; the work itself came from a publisher.

    Args:
        delivered: by ISWC, the works of the delivery's earlier rows.
    """
    if row.is_work or not row.iswc or row.work_id not in {"", row.iswc}:
        return row
    ref = state.owner_of_iswc.get(row.iswc) or delivered.get(row.iswc, row.work_ref)
    return row if ref == row.work_ref else row.of_work(ref)


def plan_row(
    row: ManifestRow,
    file: MusicFile | None,
    state: CatalogueState,
    parties: PartyPlan,
    terms: Terms,
    *,
    leads: bool = True,
) -> RowPlan:
    """The plan of one row whose cells, file and parties are fine.

    Args:
        leads: whether it is the first row about its work; the others say nothing of the work.
    """
    track = state.tracks.get(row.track_id) if row.track_id else None
    work = state.works.get(row.work_ref) if track is None or row.work_id else track.work
    plan = RowPlan(row, file, track, work, leads)
    _refuse_others(plan, terms)
    if plan.errors:
        return plan
    _plan_identifiers(plan, state)
    _plan_description(plan, terms)
    _warn_of_work(plan, terms)
    _plan_file(plan, state)
    for right in Right:
        if right == Right.COMPOSITION and not leads:
            continue
        _plan_shares(plan, right, state, parties, terms)
        _plan_credits(plan, right, state, parties, terms)
    _plan_consents(plan, state, terms)
    return plan


def _refuse_others(plan: RowPlan, terms: Terms) -> None:
    """What another sender delivered is not changed, nor what was found to be something else."""
    row, track, work = plan.row, plan.track, plan.work
    if track is not None and track.sender_id != terms.sender_id:
        plan.refuse("track_id", f"{row.track_id} is another sender's; {CLAIM_INSTEAD}.")
    elif track is not None and track.merged_into is not None:
        now = track.merged_into.ref
        plan.refuse("track_id", f"{row.track_id} was found to be {now}; deliver it as {now}.")
    elif track is not None and row.is_by_iswc and track.work.ref != row.work_id:
        plan.refuse(
            "iswc",
            f"{row.iswc} is the ISWC of the work {row.work_id}, and {row.track_id} is of the work "
            f"{track.work.ref}; if the two are one, merge them, or else correct the ISWC.",
        )
    elif track is not None and row.work_id and track.work.ref != row.work_id:
        plan.refuse(
            "work_id",
            f"{row.track_id} is of the work {track.work.ref}; a row does not move it to another, "
            f"so write {track.work.ref} or leave the cell empty.",
        )
    elif work is not None and track is None and work.merged_into is not None:
        now = work.merged_into.ref
        plan.refuse("work_id", f"{row.work_ref} was found to be {now}; write {now}.")
    elif row.is_work and work is not None and work.sender_id != terms.sender_id:
        plan.refuse("work_id", f"{row.work_id} is another sender's; {CLAIM_INSTEAD}.")


def _plan_identifiers(plan: RowPlan, state: CatalogueState) -> None:
    row = plan.row
    track, work = state.owner_of_isrc.get(row.isrc), state.owner_of_iswc.get(row.iswc)
    if track is not None and track != row.track_id:
        plan.refuse(
            "isrc",
            f"{row.isrc} is the ISRC of track {track}; one recording is one track, or it would be "
            "paid twice.",
        )
    of_row = row.work_ref if plan.work is None else plan.work.ref
    if work is not None and work != of_row:
        plan.refuse(
            "iswc",
            f"{row.iswc} is the ISWC of work {work}; name that one in work_id, or correct it.",
        )


def _plan_description(plan: RowPlan, terms: Terms) -> None:
    row = plan.row
    track_said = {name: getattr(row, name) for name in TRACK_FIELDS if row.says(name)}
    work_said = _said_of_work(row) if plan.leads else {}
    if not row.is_work:
        plan.track_values = _differing(plan.track, track_said)
        if plan.track is not None:
            plan.note(*plan.track_values)
            origin = plan.track.derived_from
            if row.version_of and (origin is None or origin.ref != row.version_of):
                plan.note("version_of")
    values = _differing(plan.work, work_said)
    if plan.work is None:
        plan.work_values = values | {"title": row.title_of_work or row.title}
        return
    if values and plan.work.sender_id != terms.sender_id:
        plan.refuse(
            "work_id",
            f"The work {plan.work.ref} is another sender's, and the row says otherwise about its "
            f"{', '.join(values)}; leave those cells empty, or {CLAIM_INSTEAD}.",
        )
        return
    plan.work_values = values
    plan.note(*values)


def _warn_of_work(plan: RowPlan, terms: Terms) -> None:
    """Say what a row was taken for that names a work by its ISWC alone."""
    work, row = plan.work, plan.row
    if work is None or not row.is_by_iswc or plan.track is not None:
        return
    title, whose = row.work_title or row.title, ""
    if work.sender_id != terms.sender_id:
        whose = ", which another sender delivered, so nothing of the work is changed"
    sentence = f"By its ISWC it is a recording of the work {work.ref}{whose}."
    if normalised_name(title) != normalised_name(work.title):
        sentence = f"{sentence[:-1]}; that is called {quote(work.title)} and this {quote(title)}."
    plan.warnings.append(RowWarning(row.number, "iswc", sentence))


def _said_of_work(row: ManifestRow) -> dict[str, Any]:
    """What a row says about its work; a track that only names a work says no title of it."""
    if row.is_by_iswc:
        return {}
    fields = WORK_FIELDS if row.is_work else tuple(f for f in WORK_FIELDS if f != "version")
    said = {name: getattr(row, name) for name in fields if row.says(name) and name != "title"}
    if row.work_id and not row.is_work:  # an empty cell beside the name of a work says nothing
        said = {name: value for name, value in said.items() if value}
    return said | ({"title": row.title_of_work} if row.title_of_work else {})


def _differing(there: Track | Work | None, said: dict[str, Any]) -> dict[str, Any]:
    if there is None:
        return said
    return {name: value for name, value in said.items() if getattr(there, name) != value}


def _plan_file(plan: RowPlan, state: CatalogueState) -> None:
    if plan.file is None:
        return
    row = plan.row
    owner = state.owner_of_file.get(plan.file.sha256, row.track_id)
    if owner != row.track_id:
        plan.refuse(
            "file",
            f"{row.file} is in the catalogue as track {owner}; "
            "one file is one track, or it would be paid twice.",
        )
    elif plan.track is not None and _sha256(plan.track) != plan.file.sha256:
        if state.trained_hashes.get(plan.track.pk):
            plan.refuse(
                "file",
                f"A model was trained on another file of track {row.track_id}, which must "
                "stay; give the new file a track_id of its own.",
            )
        plan.note("file")


def _sha256(track: Track) -> str:
    return "" if track.asset is None else track.asset.sha256


def _plan_shares(
    plan: RowPlan, right: Right, state: CatalogueState, parties: PartyPlan, terms: Terms
) -> None:
    """Leave the shares of a right as they are, or close them and open the row's."""
    holders = plan.row.holders_of(right)
    if not holders:
        return
    _refuse_repeated(plan, holders, parties)
    key = plan.key_of(right)
    shares = state.shares_of_work if right == Right.COMPOSITION else state.shares_of_track
    there = shares.get(key, []) if key is not None else []
    try:
        change = plan_right(plan.row, right, there, parties, terms.as_of)
    except ShareRefused as refusal:
        plan.refuse(refusal.column, str(refusal))
        plan.note(f"{right} shares")
        return
    if change is None:
        return
    if _is_of_anothers_work(plan, right, terms):
        plan.refuse(
            "work_id", f"The work {plan.row.work_ref} is another sender's; {CLAIM_INSTEAD}."
        )
        return
    plan.note(f"{right} shares")
    plan.share_changes.append(change)


def _is_of_anothers_work(plan: RowPlan, right: Right, terms: Terms) -> bool:
    """A track may be of a work that another delivered; the composition is not its sender's."""
    is_foreign = plan.work is not None and plan.work.sender_id != terms.sender_id
    return right == Right.COMPOSITION and is_foreign


def _refuse_repeated(plan: RowPlan, holders: tuple[Holder, ...], parties: PartyPlan) -> None:
    times = Counter((parties.ref_of(holder), holder.role) for holder in holders)
    for (ref, role), count in times.items():
        if count > 1:
            plan.refuse(
                role, f"One party ({ref}) is named {count} times as {role}; add up its shares."
            )


def _plan_credits(
    plan: RowPlan, right: Right, state: CatalogueState, parties: PartyPlan, terms: Terms
) -> None:
    """In the roles for which the row names somebody, those and no others are credited."""
    holders = [holder for holder in plan.row.holders if holder.right == right]
    said = {(parties.ref_of(holder), holder.role) for holder in holders}
    roles = {holder.role for holder in holders}
    key = plan.key_of(right)
    credited = state.credits_of_work if right == Right.COMPOSITION else state.credits_of_track
    everything = credited.get(key, set()) if key is not None else set()
    there = {(parties.renamed.get(ref, ref), role) for ref, role in everything if role in roles}
    if said == there:
        return
    if _is_of_anothers_work(plan, right, terms):
        if plan.row.is_by_iswc:
            return
        plan.refuse(
            ", ".join(sorted(roles)),
            f"The work {plan.row.work_ref} is another sender's, and others are credited for it "
            "there; leave these cells empty, or ask for the correction.",
        )
        return
    plan.new_credits[right], plan.old_credits[right] = said - there, there - said
    plan.note("credits")


def _plan_consents(plan: RowPlan, state: CatalogueState, terms: Terms) -> None:
    row = plan.row
    if row.consent_from is None:
        return
    there = state.consents.get(plan.track.pk, []) if plan.track is not None else []
    media_type = plan.file.kind.media_type if plan.file is not None else _media_type(plan.track)
    has_recording = bool(row.holders_of(Right.RECORDING))
    for right in touched_rights(media_type, has_recording_shares=has_recording):
        if right == Right.COMPOSITION and not _may_speak(plan, state, terms):
            plan.warnings.append(RowWarning(row.number, "consent_from", _not_yours(plan)))
            continue
        same_day = next(
            (
                consent
                for consent in there
                if consent.right == right and consent.valid_from == row.consent_from
            ),
            None,
        )
        if same_day is not None and same_day.basis != row.consent_basis:
            plan.refuse(
                "consent_basis",
                f"The consent from {row.consent_from} is recorded with the basis "
                f"“{same_day.basis}”; a new basis needs a later consent_from.",
            )
        elif same_day is None:
            plan.new_consents.append(right)
    if plan.new_consents:
        plan.note("consent")


def _may_speak(plan: RowPlan, state: CatalogueState, terms: Terms) -> bool:
    """Whether a sender's yes counts for the composition: of a work that it delivered, or one whose
    holders of then it acts for, all of them, and they have the whole."""
    work, day = plan.work, plan.row.consent_from
    if work is None or day is None or work.sender_id == terms.sender_id:
        return True
    held = [share for share in state.shares_of_work.get(work.pk, []) if holds_on(share, day)]
    acts_for_all = all(
        terms.sender_id in state.senders_for.get(share.party_id, ()) for share in held
    )
    return acts_for_all and sum(share.share_ppm for share in held) >= PPM


def _not_yours(plan: RowPlan) -> str:
    work = plan.work
    assert work is not None, "a work of the sender's own"
    return (
        f"This consent does not count for the composition: the work {work.ref} is another "
        "sender's, and you do not act for all who hold it on that day; they give it themselves."
    )


def _media_type(track: Track | None) -> str:
    return "" if track is None or track.asset is None else track.asset.media_type
