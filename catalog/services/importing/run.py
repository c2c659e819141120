"""One import from beginning to end."""

from collections.abc import Iterable
from datetime import date
from itertools import chain
from pathlib import Path

from django.db import connection, transaction

from catalog.manifest import (
    KnownParty,
    Manifest,
    ManifestRow,
    Mention,
    PartyPlan,
    RowError,
    plan_parties,
    read_manifest,
)
from catalog.models import ImportRun, Party
from catalog.services.importing.files import MusicFile, inspect_files
from catalog.services.importing.planning import RowPlan, plan_row
from catalog.services.importing.report import ImportReport, Outcome, RowOutcome
from catalog.services.importing.state import read_state
from catalog.services.importing.writing import write_plans

# Imports wait for each other under this key of pg_advisory_xact_lock ("catalog" in ASCII).
IMPORT_LOCK = 0x636174616C6F67


def import_manifest(*, path: Path, as_of: date) -> ImportReport:
    """Import a CSV manifest and the files beside it, all or nothing.

    Every fault that can be found is in the report, with its row and column; with any fault nothing
    is imported. What became of the rows is recorded as an `ImportRun` either way, unless not even
    the manifest could be read.

    Args:
        path: the manifest; the files that it names lie in its folder or below.
        as_of: the day from which changed shares hold where the row does not say since when.

    Raises:
        UnreadableMedia: a file changed between its check and its import; nothing was imported.
    """
    manifest = read_manifest(path)
    files, file_errors = inspect_files(manifest.rows, path.parent)
    with transaction.atomic():
        _wait_for_other_imports()
        plans, parties = _plan(manifest.rows, files, as_of)
        report = _report(manifest, plans, parties, file_errors)
        if report.ok:
            write_plans(plans, parties, path.parent)
        if manifest.sha256:
            _record(report)
    return report


def _wait_for_other_imports() -> None:
    """Of two imports at once, the second sees what the first has committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])


def _plan(
    rows: Iterable[ManifestRow], files: dict[int, MusicFile], as_of: date
) -> tuple[list[RowPlan], PartyPlan]:
    """Plans of the rows whose cells, file and parties are fine."""
    listed = list(rows)
    parties = plan_parties(
        (Mention(row.number, holder) for row in listed for holder in row.holders),
        (KnownParty(ref, name) for ref, name in Party.objects.values_list("ref", "name")),
    )
    unclear = {error.row for error in parties.errors}
    clear = [row for row in listed if row.number in files and row.number not in unclear]
    state = read_state({row.track_id for row in clear}, {files[row.number].sha256 for row in clear})
    plans = [plan_row(row, files[row.number], state, parties, as_of) for row in clear]
    return plans, parties


def _report(
    manifest: Manifest, plans: list[RowPlan], parties: PartyPlan, file_errors: list[RowError]
) -> ImportReport:
    planned_errors = chain.from_iterable(plan.errors for plan in plans)
    errors = sorted({*manifest.errors, *file_errors, *parties.errors, *planned_errors})
    at_fault = {error.row for error in errors}
    plan_of = {plan.row.number: plan for plan in plans}
    track_ids = {row.number: row.track_id for row in manifest.rows}
    return ImportReport(
        name=manifest.name,
        manifest_sha256=manifest.sha256,
        outcomes=tuple(
            _outcome(number, track_ids.get(number, ""), at_fault, plan_of.get(number))
            for number in manifest.numbers
        ),
        errors=tuple(errors),
        warnings=tuple(sorted({*manifest.warnings, *parties.warnings})),
    )


def _outcome(number: int, track_id: str, at_fault: set[int], plan: RowPlan | None) -> RowOutcome:
    if number in at_fault:
        return RowOutcome(number, track_id, Outcome.REJECTED)
    if at_fault or plan is None:
        return RowOutcome(number, track_id, Outcome.HELD_BACK)
    changes = tuple(plan.changes) if plan.outcome is Outcome.CHANGED else ()
    return RowOutcome(number, track_id, plan.outcome, changes)


def _record(report: ImportReport) -> None:
    ImportRun.objects.create(
        manifest_sha256=report.manifest_sha256,
        name=report.name[:300],
        created_count=report.created_count,
        changed_count=report.changed_count,
        unchanged_count=report.unchanged_count,
        rejected_count=report.rejected_count,
        rows=report.rows_as_json(),
    )
