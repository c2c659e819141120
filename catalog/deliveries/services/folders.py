"""Taking in a delivery that lies on this machine, at once: for commands and for the demonstration.

It goes the same way as one that was sent: it is received, checked, approved and written, and its
rows stay. Music files lie beside it.
"""

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from catalog.deliveries.models import Delivery, DeliveryRow
from catalog.deliveries.services.checking import check
from catalog.deliveries.services.following import tell_others
from catalog.deliveries.services.writing import DeliveryStale, fail, write
from catalog.manifest import Outcome, RowError, RowWarning
from catalog.media import UnreadableMedia
from catalog.models import Sender
from common.jobs.registry import Progress, ignore_progress


@dataclass(frozen=True)
class RowOutcome:
    """What became of one row; `changes` names what differed from the catalogue."""

    row: int
    track_id: str  # or the work's id, where the row is about a work alone
    outcome: Outcome
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportReport:
    """What became of a delivery."""

    delivery: Delivery
    outcomes: tuple[RowOutcome, ...]
    errors: tuple[RowError, ...]
    warnings: tuple[RowWarning, ...]

    @property
    def name(self) -> str:
        return self.delivery.name

    @property
    def ok(self) -> bool:
        """Whether nothing was at fault."""
        return not self.errors

    @property
    def is_refused(self) -> bool:
        """Whether nothing at all was, or would be, written."""
        return self.delivery.status == Delivery.Status.REFUSED

    @property
    def created_count(self) -> int:
        return self.count(Outcome.CREATED)

    @property
    def changed_count(self) -> int:
        return self.count(Outcome.CHANGED)

    @property
    def unchanged_count(self) -> int:
        return self.count(Outcome.UNCHANGED)

    @property
    def rejected_count(self) -> int:
        return self.count(Outcome.REJECTED)

    def count(self, outcome: Outcome) -> int:
        return Counter(row.outcome for row in self.outcomes)[outcome]

    def as_json(self) -> dict[str, Any]:
        """For people's programs: counts, then every error, warning and row."""
        errors: dict[int, list[dict[str, str]]] = {}
        for error in self.errors:
            said = {"field": error.field, "message": error.message}
            errors.setdefault(error.row, []).append(said)
        return {
            "delivery": str(self.delivery.pk),
            "name": self.name,
            "manifest_sha256": self.delivery.sha256,
            "imported": self.delivery.status == Delivery.Status.DONE,
            "counts": {str(outcome): self.count(outcome) for outcome in Outcome},
            "errors": [asdict(error) for error in self.errors],
            "warnings": [asdict(warning) for warning in self.warnings],
            "rows": [
                {
                    "row": row.row,
                    "track_id": row.track_id,
                    "outcome": str(row.outcome),
                    "changes": list(row.changes),
                    "errors": errors.get(row.row, []),
                }
                for row in self.outcomes
            ],
        }


def import_manifest(
    *,
    path: Path,
    as_of: date,
    sender: Sender | None = None,
    take_good_rows: bool = False,
    only_check: bool = False,
    progress: Progress = ignore_progress,
) -> ImportReport:
    """Import a delivery and the files beside it: all of it or nothing, unless good rows are taken.

    Every fault that can be found is in the report, with its row and column.

    Args:
        path: the file; the music files that it names lie in its folder or below.
        as_of: the day from which changed shares hold where the row does not say since when.
        only_check: a dry run, whose delivery stays checked and unwritten.

    Raises:
        UnreadableMedia: a file changed between its check and its import; nothing more was imported.
        DeliveryStale: the catalogue changed between; nothing was imported.
    """
    if not path.exists():
        absent = RowError(0, "", f"{path} does not exist; name the file, or the folder of music.")
        return ImportReport(Delivery(name=path.name), (), (absent,), ())
    root = path if path.is_dir() else path.parent
    sha256, size_bytes = _measure(path)
    delivery = Delivery.objects.create(
        sender=sender,
        name=path.name[:300],
        sha256=sha256,
        size_bytes=size_bytes,
        column_of=sender.column_of if sender else {},
        as_of=as_of,
        take_good_rows=take_good_rows,
    )
    delivery = check(delivery, path, root, progress)
    if delivery.status == Delivery.Status.CHECKED and not only_check:
        Delivery.objects.filter(pk=delivery.pk).update(
            status=Delivery.Status.APPROVED, approved_at=timezone.now()
        )
        try:
            delivery = write(delivery, root, progress)
        except (UnreadableMedia, DeliveryStale) as error:
            fail(delivery, str(error))
            raise
        tell_others(delivery)
    return report_of(delivery)


def report_of(delivery: Delivery) -> ImportReport:
    """What became of all rows, for deliveries that fit into memory."""
    rows = list(delivery.rows.order_by("number"))
    errors = [
        RowError(row.number, fault["field"], fault["message"])
        for row in rows
        for fault in row.faults
        if row.outcome == Outcome.REJECTED
    ]
    return ImportReport(
        delivery=delivery,
        outcomes=tuple(_outcome(row) for row in rows if row.number > 1),
        errors=tuple(sorted(errors)),
        warnings=tuple(RowWarning(**warning) for warning in delivery.warnings),
    )


def _outcome(row: DeliveryRow) -> RowOutcome:
    return RowOutcome(row.number, row.ref, Outcome(row.outcome), tuple(row.changes))


def _measure(path: Path) -> tuple[str, int]:
    """The hash and size of a file; nothing of a folder, whose files are hashed one by one."""
    if not path.is_file():
        return "", 0
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest(), handle.tell()
