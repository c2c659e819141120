"""`manage.py intake ACTION ...`: take in a platform's files, and see what came late.

intake usage    FILE --platform CODE [--late] [--format csv]
intake revenue  FILE --platform CODE [--late] [--format csv]
intake late     [--platform CODE]

A file is one JSON object a line; one whose name ends with .csv is rows under a header, one with
.tsv or .tsv.gz a DDEX DSR flat file (uses only).
"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Platform
from royalty.models import FileFormat
from royalty.selectors.late import late_events
from royalty.services import intake

TAKE = {"usage": intake.take_usage, "revenue": intake.take_revenue}


class Command(BaseCommand):
    help = "Take in a file of uses or of revenue, whole or not at all; list what came late."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        for kind in TAKE:
            taking = actions.add_parser(kind, help=f"take in a file of {kind}")
            taking.add_argument("file", type=Path)
            taking.add_argument("--platform", required=True, help="the platform's code")
            taking.add_argument(
                "--late",
                action="store_true",
                help="keep events of closed periods too, until the periods are restated",
            )
            taking.add_argument(
                "--format", type=FileFormat, help="ndjson, csv or dsr, if the name does not say"
            )
        late = actions.add_parser("late", help="list late events that no run accounts for yet")
        late.add_argument("--platform", help="only of the platform with this code")

    def handle(self, *_args: Any, **options: Any) -> None:
        code = options["platform"]
        platform = Platform.objects.filter(code=code).first()
        if code and platform is None:
            raise CommandError(f"There is no platform {code!r}.")
        if options["action"] == "late":
            waiting = late_events(platform)
            self.stdout.write("\n".join(each.sentence for each in waiting) or "Nothing is late.")
        else:
            assert platform is not None  # the parser asks for its code
            self._take(platform, options)

    def _take(self, platform: Platform, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        try:
            report = TAKE[options["action"]](
                platform=platform,
                source=path,
                name=path.name,
                is_late=options["late"],
                form=options["format"] or intake.format_of_name(path.name),
            )
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
