"""`manage.py import_catalogue FILE`: take a delivery in and say what became of it."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalog.deliveries.reports import report_csv
from catalog.deliveries.services.checking import MOST_WARNINGS as MOST_KEPT
from catalog.deliveries.services.folders import ImportReport, import_manifest
from catalog.deliveries.services.writing import DeliveryStale
from catalog.manifest import Outcome, RowError, RowWarning
from catalog.media import UnreadableMedia
from catalog.models import Sender

MOST_WARNINGS = 20


class Command(BaseCommand):
    help = "Imports a manifest and the music files beside it, all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the manifest; files are relative to it")
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            help="the day from which changed shares hold unless a row says (default: today)",
        )
        parser.add_argument("--sender", help="the code of the sender whose it is (default: ours)")
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what would become of each row"
        )
        parser.add_argument(
            "--take-good-rows", action="store_true", help="leave out the rows that are at fault"
        )
        parser.add_argument("--report", type=Path, help="write what became of each row as CSV")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        current_app.loader.import_default_modules()  # so that it is known who follows
        try:
            report = import_manifest(
                path=options["path"],
                as_of=options["as_of"] or timezone.localdate(),
                sender=_sender(options["sender"]),
                take_good_rows=options["take_good_rows"],
                only_check=options["dry_run"],
            )
        except (UnreadableMedia, DeliveryStale) as error:
            raise CommandError(f"{error} Nothing was imported.") from error
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(_as_text(report))
        if options["report"]:
            with options["report"].open("w", encoding="utf-8", newline="") as handle:
                handle.writelines(report_csv(report.delivery))
        if report.is_refused or not (report.ok or options["take_good_rows"]):
            raise CommandError("Nothing was imported. Correct the errors and import it again.")


def _sender(code: str | None) -> Sender | None:
    if not code:
        return None
    sender = Sender.objects.filter(code=code).first()
    if sender is None:
        known = ", ".join(Sender.objects.order_by("code").values_list("code", flat=True)[:20])
        raise CommandError(f"There is no sender {code!r}; known are: {known or 'none'}.")
    return sender


def _as_text(report: ImportReport) -> str:
    counts = ", ".join(
        f"{report.count(outcome)} {outcome}" for outcome in Outcome if report.count(outcome)
    )
    lines = [f"{report.name}: {counts or 'no rows'}"]
    if report.errors:
        lines += ["", "Errors", *_table(report.errors)]
    if report.warnings:
        alike = _alike(report.warnings)
        lines += ["", "Warnings", *_table(alike[:MOST_WARNINGS])]
        if len(alike) > MOST_WARNINGS:
            lines.append(f"and {len(alike) - MOST_WARNINGS} more (see --json)")
    return "\n".join(lines)


def _alike(warnings: Sequence[RowWarning]) -> list[RowWarning]:
    """What several rows are warned of in the same words stands once, at the first of them."""
    rows = Counter((warning.field, warning.message) for warning in warnings)
    least = "at least " if len(warnings) >= MOST_KEPT else ""
    once: dict[tuple[str, str], RowWarning] = {}
    for warning in warnings:
        times = rows[warning.field, warning.message]
        others = f" ({least}{times:,} rows)" if times > 1 else ""
        shown = replace(warning, message=warning.message + others)
        once.setdefault((warning.field, warning.message), shown)
    return list(once.values())


def _table(faults: Sequence[RowError] | Sequence[RowWarning]) -> list[str]:
    """Aligned lines of row, field and message."""
    width = max(5, *(len(fault.field) for fault in faults))
    header = f"{'row':>6}  {'field':<{width}}  message"
    return [header] + [
        f"{fault.row:>6}  {fault.field:<{width}}  {fault.message}" for fault in faults
    ]
