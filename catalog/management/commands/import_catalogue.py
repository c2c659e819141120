"""`manage.py import_catalogue manifest.csv`: import a manifest and say what became of it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalog.manifest import RowError, RowWarning
from catalog.media import UnreadableMedia
from catalog.services.importing import ImportReport, Outcome, import_manifest

MOST_WARNINGS = 20


class Command(BaseCommand):
    help = "Imports a CSV manifest and the music files beside it, all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the manifest; files are relative to it")
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            help="the day from which changed shares hold unless a row says (default: today)",
        )
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            report = import_manifest(
                path=options["path"], as_of=options["as_of"] or timezone.localdate()
            )
        except UnreadableMedia as error:
            raise CommandError(f"{error} Nothing was imported.") from error
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(_as_text(report))
        if not report.ok:
            raise CommandError("Nothing was imported. Correct the errors and import it again.")


def _as_text(report: ImportReport) -> str:
    counts = ", ".join(
        f"{report.count(outcome)} {outcome}" for outcome in Outcome if report.count(outcome)
    )
    lines = [f"{report.name}: {counts or 'no rows'}"]
    if report.errors:
        lines += ["", "Errors", *_table(report.errors)]
    if report.warnings:
        lines += ["", "Warnings", *_table(report.warnings[:MOST_WARNINGS])]
    if len(report.warnings) > MOST_WARNINGS:
        lines.append(f"and {len(report.warnings) - MOST_WARNINGS} more (see --json)")
    return "\n".join(lines)


def _table(faults: tuple[RowError, ...] | tuple[RowWarning, ...]) -> list[str]:
    """Aligned lines of row, field and message."""
    width = max(5, *(len(fault.field) for fault in faults))
    header = f"{'row':>6}  {'field':<{width}}  message"
    return [header] + [
        f"{fault.row:>6}  {fault.field:<{width}}  {fault.message}" for fault in faults
    ]
