"""`manage.py intake usage|revenue --platform CODE FILE`: take in a platform's file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Platform
from royalty.services import intake


class Command(BaseCommand):
    help = "Take in a file of uses or of revenue, whole or not at all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=["usage", "revenue"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--platform", required=True, help="the platform's code")

    def handle(self, *_args: Any, **options: Any) -> None:
        platform = Platform.objects.filter(code=options["platform"]).first()
        if platform is None:
            raise CommandError(f"There is no platform {options['platform']!r}.")
        take = intake.take_usage if options["kind"] == "usage" else intake.take_revenue
        path: Path = options["file"]
        try:
            report = take(platform=platform, source=path, name=path.name)
        except intake.IntakeRefused as refusal:
            for fault in refusal.faults:
                self.stderr.write(str(fault))
            more = refusal.total - len(refusal.faults)
            rest = f" {more} more are not listed." if more else ""
            raise CommandError(f"{path.name} was not taken; nothing changed.{rest}") from refusal
        before = ", taken before" if report.was_taken_before else ""
        self.stdout.write(
            f"{path.name}{before}: {report.line_count} lines, {report.new_count} new, "
            f"{report.known_count} known."
        )
