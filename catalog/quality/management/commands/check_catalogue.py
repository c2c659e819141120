"""`manage.py check_catalogue`: run the rules, keep what they find, and print a table."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from catalog.quality.rules import RULES
from catalog.quality.services.checking import RuleResult, check
from catalog.quality.services.scoring import keep_scores


class Command(BaseCommand):
    help = "Looks for faults in the whole catalogue, keeps what it finds, and prints a table."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--rule", action="append", metavar="CODE", help="only this rule; may be repeated"
        )
        parser.add_argument("--json", action="store_true", help="print the table as JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        unknown = [code for code in options["rule"] or () if code not in RULES]
        if unknown:
            raise CommandError(
                f"No rule is called {', '.join(unknown)}. There are: {', '.join(sorted(RULES))}."
            )
        today = timezone.localdate()
        results = check(as_of=today, rules=options["rule"])
        score = keep_scores(day=today)
        if options["json"]:
            rows = [_as_json(each) for each in results]
            value = score.value if score else None
            self.stdout.write(json.dumps({"score": value, "rules": rows}, indent=2))
            return
        console = Console(width=100, highlight=False)
        with console.capture() as printed:
            console.print(_as_table(results))
        self.stdout.write(printed.get())
        if score:
            self.stdout.write(
                f"Score {score.value:.1f} of 100 over {score.subject_count:,} subjects."
            )


def _as_json(result: RuleResult) -> dict[str, Any]:
    rule = result.rule
    return {
        "rule": rule.code,
        "version": rule.version,
        "dimension": rule.dimension,
        "severity": rule.severity.value,
        "found": result.found_count,
        "opened": result.opened_count,
        "mended": result.mended_count,
    }


def _as_table(results: list[RuleResult]) -> Table:
    table = Table()
    for heading in ("rule", "dimension", "severity"):
        table.add_column(heading)
    for heading in ("found", "new", "mended"):
        table.add_column(heading, justify="right")
    for each in results:
        counts = (each.found_count, each.opened_count, each.mended_count)
        rule = each.rule
        table.add_row(rule.code, rule.dimension, rule.severity.value, *(f"{n:,}" for n in counts))
    return table
