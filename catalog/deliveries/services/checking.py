"""Checking a delivery: what would become of every row. Nothing of it is written to the catalogue.

Two passes over the file: the `survey` sees what rows have to do with each other, the second
compares them with the catalogue, some thousand at a time, and keeps them with their outcome.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.deliveries.faults import Fault, fault_of
from catalog.deliveries.models import LONGEST_PLACE, Delivery, DeliveryRow
from catalog.deliveries.repairs import repair_of
from catalog.deliveries.services.survey import Survey, is_delivered, survey
from catalog.deliveries.suspicions import Replaced, Suspect, suspicions
from catalog.formats import SourceRow, open_delivery
from catalog.manifest import ManifestRow, Outcome, RowError, RowWarning, parse_row
from catalog.models import Share, Track, Work
from catalog.services.importing import (
    FileRefused,
    Inspector,
    MusicFile,
    RowPlan,
    Terms,
    plan_row,
    read_state,
    with_work,
)
from catalog.services.importing.copying import insert
from common.jobs.registry import Progress, ignore_progress

ROWS_A_CHUNK = 2_000
MOST_WARNINGS = 1_000
LONGEST_CELL_KEPT = 2_000
TAKEN = (Outcome.CREATED, Outcome.CHANGED, Outcome.UNCHANGED)
# A delivery that takes this part of all that somebody has from them is looked at by somebody.
MOST_LOST = 0.5
FEWEST_LOST = 20  # works or tracks; less is looked at row by row

KEPT = ("number", "place", "kind", "ref", "outcome", "changes", "faults", "cells", "file")


@dataclass
class _Kept:
    """What becomes a `DeliveryRow`, field by field; a model's object costs ten times as much."""

    number: int
    place: str = ""
    kind: str = ""
    ref: str = ""
    outcome: Outcome = Outcome.REJECTED
    changes: list[str] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)
    file: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def check(
    delivery: Delivery, path: Path, root: Path | None, progress: Progress = ignore_progress
) -> Delivery:
    """Check a delivery that was received, and keep what would become of each row.

    Args:
        path: the file itself; its name's ending says the format.
        root: the folder of the music files that rows name; None if none came with it.
    """
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if delivery.status != Delivery.Status.RECEIVED:
        return delivery
    delivery.rows.all().delete()
    with open_delivery(path, column_of=delivery.column_of) as source:
        surveyed = survey(source)
    with (
        open_delivery(path, column_of=delivery.column_of) as source,
        Inspector(root) as inspector,
    ):
        delivery.format, delivery.columns = source.format, list(source.columns)
        checking = _Checking(delivery, surveyed, inspector)
        for kept in checking.rows(source, progress):
            _keep(delivery, kept)
        checking.warn(*surveyed.parties.warnings, *source.warnings)
    _quarantine_losses(delivery, checking)
    _finish(delivery, checking)
    return delivery


class _Checking:
    """The second pass, with what it counts."""

    def __init__(self, delivery: Delivery, surveyed: Survey, inspector: Inspector) -> None:
        self.delivery = delivery
        self.warnings: list[RowWarning] = []
        self.losses: defaultdict[int, list[int]] = defaultdict(list)  # party → rows that take all
        self._surveyed = surveyed
        self._inspector = inspector
        self._terms = Terms(delivery.as_of, delivery.sender_id)
        self._leads = set(surveyed.lead_of.values())  # rows that speak for a work
        self._rejected: set[int] = set()  # of those

    def warn(self, *warnings: RowWarning) -> None:
        self.warnings += warnings[: MOST_WARNINGS - len(self.warnings)]

    def rows(
        self, source: Iterable[SourceRow | RowError], progress: Progress
    ) -> Iterator[list[_Kept]]:
        """All rows with their outcomes, chunk by chunk."""
        items, done = iter(source), 0
        while chunk := list(islice(items, ROWS_A_CHUNK)):
            yield self._chunk(chunk)
            done += len(chunk)
            progress(done, self._surveyed.row_count, "comparing with the catalogue")

    def _chunk(self, items: Sequence[SourceRow | RowError]) -> list[_Kept]:
        kept: dict[int, _Kept] = {}
        good: list[tuple[ManifestRow, MusicFile | None]] = []
        for item in items:
            if isinstance(item, RowError):
                row = kept.setdefault(item.row, _row_of(item.row))
                _reject(row, [fault_of(item, "file")])
                continue
            row = kept[item.number] = _row_of(item.number, item)
            parsed, faults = self._parse(item)
            file, refusal = self._file_of(parsed)
            faults += refusal
            if file is not None:
                row.file = file.as_json()
            if faults or parsed is None:
                _reject(row, faults)
            else:
                good.append((parsed, file))
        self._plan(good, kept)
        rejected = {n for n, row in kept.items() if row.outcome not in TAKEN}
        self._rejected |= rejected & self._leads
        return list(kept.values())

    def _parse(self, item: SourceRow) -> tuple[ManifestRow | None, list[Fault]]:
        parsed, errors, warnings = parse_row(item.number, item.cells)
        self.warn(*warnings)
        faults = [
            fault_of(error, "cell", repair_of(error.field, item.cells.get(error.field, "")))
            for error in errors
        ]
        faults += [
            fault_of(error, "repeated") for error in self._surveyed.repeated.get(item.number, [])
        ]
        refused = self._surveyed.parties.refused
        for holder in parsed.holders if parsed else ():
            if holder.identity in refused:
                column, message = refused[holder.identity]
                error = RowError(item.number, holder.role or column, message)
                faults.append(fault_of(error, "party"))
        return parsed, faults

    def _file_of(self, row: ManifestRow | None) -> tuple[MusicFile | None, list[Fault]]:
        if row is None:
            return None, []
        try:
            return self._inspector.inspect(row), []
        except FileRefused as refusal:
            return None, [fault_of(RowError(row.number, refusal.column, str(refusal)), "file")]

    def _plan(
        self, good: list[tuple[ManifestRow, MusicFile | None]], kept: dict[int, _Kept]
    ) -> None:
        """Compare rows without a fault of their own with the catalogue."""
        state = read_state([row for row, _ in good], [file.sha256 for _, file in good if file])
        unknown = _unknown_originals([row for row, _ in good])
        for said, file in good:
            row = with_work(said, state, self._surveyed.work_of_iswc)
            lead = self._surveyed.lead_of.get(row.number)
            parties = self._surveyed.parties
            plan = plan_row(row, file, state, parties, self._terms, leads=lead is None)
            here = kept.get(lead) if lead is not None else None
            if lead in self._rejected or (here and here.outcome not in TAKEN):
                plan.refuse("work_id", f"Row {lead} describes the work and is at fault; mend that.")
            if row.version_of in unknown:
                plan.refuse(
                    "version_of", f"Nothing is called {row.version_of}; name what it is based on."
                )
            self._settle(kept[row.number], plan)

    def _settle(self, kept: _Kept, plan: RowPlan) -> None:
        kept.outcome = plan.outcome
        self.warn(*plan.warnings)
        if plan.errors:
            _reject(kept, [fault_of(error, "catalogue") for error in plan.errors])
            return
        kept.changes = list(plan.changes) if plan.outcome is Outcome.CHANGED else []
        suspect = Suspect(plan.row, plan.is_new, tuple(plan.changes), tuple(_replaced(plan, self)))
        found = [Fault("", sentence, rule=rule) for rule, sentence in suspicions(suspect)]
        if found and plan.outcome is not Outcome.UNCHANGED:
            kept.outcome = Outcome.QUARANTINED
            kept.faults = [fault.as_json() for fault in found]


def _replaced(plan: RowPlan, checking: _Checking) -> Iterator[Replaced]:
    parties = checking._surveyed.parties
    for change in plan.share_changes:
        before: Counter[str] = Counter()
        after: Counter[str] = Counter()
        for share in change.closed:
            before[share.party_ref] += share.share_ppm
        for holder in change.opened:
            after[parties.ref_of(holder)] += holder.share_ppm or 0
        for share in change.closed:
            if share.party_ref not in after:
                checking.losses[share.party_id].append(plan.row.number)
        yield Replaced(change.right, dict(before), dict(after))


def _unknown_originals(rows: Sequence[ManifestRow]) -> set[str]:
    named = {row.version_of for row in rows if row.version_of}
    if not named:
        return set()
    known = set(Track.objects.filter(ref__in=named).values_list("ref", flat=True))
    known |= set(Work.objects.filter(ref__in=named).values_list("ref", flat=True))
    return named - known - is_delivered(named)


def _row_of(number: int, item: SourceRow | None = None) -> _Kept:
    row = _Kept(number)
    if item is not None:
        row.place = item.place[:LONGEST_PLACE]
        row.cells = {name: cell[:LONGEST_CELL_KEPT] for name, cell in item.cells.items()}
        track, work = item.cells.get("track_id", ""), item.cells.get("work_id", "")
        row.ref = (track or work)[:100]
        row.kind = DeliveryRow.Kind.TRACK if track else DeliveryRow.Kind.WORK if work else ""
    return row


def _reject(row: _Kept, faults: Sequence[Fault]) -> None:
    row.outcome = Outcome.REJECTED
    row.faults = [*row.faults, *(fault.as_json() for fault in faults)]


def _keep(delivery: Delivery, rows: Sequence[_Kept]) -> None:
    values = ([delivery.pk, *(getattr(row, name) for name in KEPT)] for row in rows)
    insert(DeliveryRow, ["delivery", *KEPT], values)


def _quarantine_losses(delivery: Delivery, checking: _Checking) -> None:
    """Rows that together take from one party most of what it has are not written unseen."""
    for party_id, numbers in checking.losses.items():
        if len(numbers) < FEWEST_LOST:
            continue
        held = Share.objects.filter(party=party_id, valid_until=None).values("work", "track")
        if len(numbers) <= MOST_LOST * held.distinct().count():
            continue
        fault = Fault(
            "",
            f"{len(numbers)} rows of this delivery take shares from the same party, more than "
            "half of all that it has; release them if that was agreed.",
            rule="most-of-one-owner",
        )
        rows = delivery.rows.filter(number__in=numbers, outcome=Outcome.CHANGED)
        rows.update(outcome=Outcome.QUARANTINED, faults=[fault.as_json()])


def _finish(delivery: Delivery, checking: _Checking) -> None:
    rejected = delivery.rows.filter(outcome=Outcome.REJECTED).exists()
    if rejected and not delivery.take_good_rows:
        delivery.rows.filter(outcome__in=TAKEN).update(outcome=Outcome.HELD_BACK)
    is_taken = delivery.rows.filter(outcome__in=[*TAKEN, Outcome.QUARANTINED]).exists()
    status = Delivery.Status.CHECKED if is_taken else Delivery.Status.REFUSED
    if rejected and not delivery.take_good_rows:
        status = Delivery.Status.REFUSED
    delivery.status = status
    delivery.warnings = [
        {"row": each.row, "field": each.field, "message": each.message}
        for each in sorted(checking.warnings)
    ]
    delivery.checked_at = timezone.now()
    if status == Delivery.Status.REFUSED:
        delivery.finished_at = delivery.checked_at
    count_rows(delivery)
    delivery.save()


@transaction.atomic
def refuse_whole(delivery: Delivery, message: str) -> Delivery:
    """Refuse a delivery of which not even the rows can be read."""
    row = _row_of(0)
    _reject(row, [Fault("", message, rule="file")])
    _keep(delivery, [row])
    count_rows(delivery)
    delivery.status = Delivery.Status.REFUSED
    delivery.checked_at = delivery.finished_at = timezone.now()
    delivery.save()
    return delivery


def count_rows(delivery: Delivery) -> None:
    """Set how many rows have which outcome, as the rows say."""
    outcomes = delivery.rows.values_list("outcome", flat=True).iterator(chunk_size=10_000)
    counts = Counter(outcomes)
    delivery.row_count = counts.total()
    for outcome in Outcome:
        setattr(delivery, f"{outcome.replace(' ', '_')}_count", counts[outcome])
