"""Writing an approved delivery into the catalogue.

Rows are read again as they were kept, compared with the catalogue as it is now, and written by
COPY, some thousand at a time. All or nothing is one transaction. With `take_good_rows` each chunk
is one, which marks its rows as written: a worker that dies goes on behind the last chunk, and a row
that the catalogue has meanwhile come to contradict is rejected alone.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog.deliveries.faults import fault_of
from catalog.deliveries.models import Delivery, DeliveryRow
from catalog.deliveries.services.checking import TAKEN, count_rows
from catalog.manifest import ManifestRow, Mention, Outcome, PartyPlan, parse_row, plan_parties
from catalog.manifest.holders import read_holders
from catalog.models import Asset
from catalog.services.history import changing
from catalog.services.importing import (
    MusicFile,
    RowPlan,
    Terms,
    known_parties,
    plan_row,
    read_state,
    store_files,
    with_work,
    write_parties,
    write_plans,
)
from catalog.services.importing.copying import update
from common.jobs.registry import Progress, ignore_progress

ROWS_A_CHUNK = 2_000
# Deliveries are written one after the other under this advisory lock ("catalog" in ASCII).
WRITING_LOCK = 0x636174616C6F67
_LINK = """
UPDATE {table} version SET derived_from_id = original.id
  FROM deliveries_deliveryrow row JOIN {table} original ON original.ref = row.cells->>'version_of'
 WHERE row.delivery_id = %s AND row.kind = %s AND row.is_written AND row.ref = version.ref
   AND row.cells->>'version_of' <> ''
   AND original.id <> version.id AND version.derived_from_id IS DISTINCT FROM original.id
"""


class DeliveryStale(Exception):
    """The catalogue has come to contradict rows since they were checked; nothing was written."""

    def __init__(self, plans: Sequence[RowPlan]) -> None:
        rows = ", ".join(str(plan.row.number) for plan in plans[:5])
        super().__init__(
            f"The catalogue changed since the check, so that rows {rows} cannot be written any "
            "more; deliver the file again to see why."
        )
        self.plans = plans


def write(delivery: Delivery, root: Path | None, progress: Progress = ignore_progress) -> Delivery:
    """Write what an approved delivery's good rows say; what was written stays as it is.

    Raises:
        DeliveryStale: all or nothing, and a row cannot be written any more.
        UnreadableMedia: a file changed since it was checked.
    """
    with _one_at_a_time():
        delivery.refresh_from_db()
        if delivery.status != Delivery.Status.APPROVED:
            return delivery
        with nullcontext() if delivery.take_good_rows else transaction.atomic():
            writing = _Writing(delivery, root)
            writing.run(progress)
    return delivery


def fail(delivery: Delivery, message: str) -> None:
    """Say that nothing more of a delivery is written, and why."""
    Delivery.objects.filter(pk=delivery.pk).update(
        status=Delivery.Status.FAILED, error=message, finished_at=timezone.now()
    )


class _Kept(NamedTuple):
    """A row as it was kept, as far as it is read again."""

    pk: int
    number: int
    cells: dict[str, str]
    file: dict[str, Any]
    faults: list[dict[str, Any]]


def to_write(delivery: Delivery) -> QuerySet[DeliveryRow]:
    """The rows that are still to be written, in their order."""
    return delivery.rows.filter(is_written=False, outcome__in=TAKEN).order_by("number")


class _Writing:
    """The writing of one delivery."""

    def __init__(self, delivery: Delivery, root: Path | None) -> None:
        self._delivery = delivery
        self._root = root
        self._terms = Terms(delivery.as_of, delivery.sender_id)
        self._leads: set[str] = set()

    def run(self, progress: Progress) -> None:
        total = self._delivery.rows.filter(outcome__in=TAKEN).count()
        with self._said():
            parties = self._parties()
            write_parties(parties)
        done = self._delivery.rows.filter(is_written=True).count()
        while rows := self._next_rows():
            with self._said():
                self._chunk(rows, parties)
            done += len(rows)
            progress(done, total, "writing")
        with self._said():
            self._finish()

    def _next_rows(self) -> list[_Kept]:
        rows = to_write(self._delivery).values_list(*_Kept._fields)
        return [_Kept(*row) for row in rows[:ROWS_A_CHUNK]]

    def _said(self) -> AbstractContextManager[None]:
        """A transaction whose changes are kept as this delivery's."""
        delivery = self._delivery
        return changing(
            by=delivery.made_by,
            reason=f"Delivered in {delivery.name}.",
            source=f"delivery:{delivery.pk}",
            actor=delivery.sender.name if delivery.sender else "",
        )

    def _parties(self) -> PartyPlan:
        """Who is meant by all names in the rows that will be written."""
        mentions: dict[tuple[str, ...], Mention] = {}
        rows = to_write(self._delivery).values_list("number", "cells")
        for number, cells in rows.iterator(chunk_size=ROWS_A_CHUNK):
            for holder in read_holders(cells, _never_refused):
                mentions.setdefault(holder.identity, Mention(number, holder))
        return plan_parties(mentions.values(), known_parties())

    def _chunk(self, kept: Sequence[_Kept], parties: PartyPlan) -> None:
        rows = [_parsed(row) for row in kept]
        files = {row.number: MusicFile.from_json(row.file) for row in kept if row.file}
        state = read_state(rows, [file.sha256 for file in files.values()])
        of_iswc: dict[str, str] = {}  # of this chunk; works of earlier ones are in the catalogue
        plans = []
        for said in rows:
            row = with_work(said, state, of_iswc)
            is_first = row.work_ref not in self._leads
            file = files.get(row.number)
            plan = plan_row(row, file, state, parties, self._terms, leads=is_first)
            plans.append(plan)
            if not plan.errors and (row.work_id or row.iswc):
                self._leads.add(row.work_ref)
            if not plan.errors and row.iswc:
                of_iswc.setdefault(row.iswc, row.work_ref)
        refused = [plan for plan in plans if plan.errors]
        if refused and not self._delivery.take_good_rows:
            raise DeliveryStale(refused)
        good = [plan for plan in plans if not plan.errors]
        write_plans(good, parties, self._store(good), self._terms)
        _mark(kept, {plan.row.number: plan for plan in plans})

    def _store(self, plans: Sequence[RowPlan]) -> dict[str, Asset]:
        files = [plan.file for plan in plans if plan.file]
        if not files:
            return {}
        assert self._root is not None, "files are checked only where they can be read"
        return store_files(files, self._root)

    def _finish(self) -> None:
        delivery = self._delivery
        with connection.cursor() as cursor:
            for table, kind in (("catalog_track", "track"), ("catalog_work", "work")):
                cursor.execute(_LINK.format(table=table), [delivery.pk, kind])
        count_rows(delivery)
        delivery.status = Delivery.Status.DONE
        delivery.finished_at = timezone.now()
        delivery.save()


def _mark(kept: Sequence[_Kept], plans: dict[int, RowPlan]) -> None:
    """Say of each row what became of it now."""

    def values() -> Iterator[list[object]]:
        for row in kept:
            plan = plans[row.number]
            faults = [fault_of(error, "catalogue").as_json() for error in plan.errors]
            changes = list(plan.changes) if plan.outcome is Outcome.CHANGED else []
            yield [row.pk, plan.outcome, changes, faults or row.faults, not plan.errors]

    update(DeliveryRow, ["outcome", "changes", "faults", "is_written"], values())


def _parsed(kept: _Kept) -> ManifestRow:
    row, errors, _ = parse_row(kept.number, kept.cells)
    assert row is not None, f"row {kept.number} was checked: {errors}"
    return row


def _never_refused(column: str, message: str) -> None:
    raise AssertionError(f"{column} was checked: {message}")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Of two deliveries at once, the second sees what the first has written.

    The lock is the session's, so that it outlasts the transactions of chunks; PostgreSQL takes it
    back from a worker that dies.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [WRITING_LOCK])
    try:
        yield
    finally:
        if connection.is_usable() and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [WRITING_LOCK])
