"""`manage.py calendar run|show [--as-of DAY]`: what is due, by itself or by a person.

calendar run    opens periods, has them computed, drafts payouts; says what waits for a person
calendar show   says what comes next and what waits, and does nothing
"""

from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from royalty.selectors.calendar import outlook
from royalty.services.calendar import run_calendar


class Command(BaseCommand):
    help = "Do what is due on the calendar, or show what comes next and for whom it waits."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["run", "show"])
        parser.add_argument(
            "--as-of", type=date.fromisoformat, help="as if it was this day (today)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        as_of = _instant(options["as_of"])
        if options["action"] == "run":
            sentences = run_calendar(as_of) or ["Nothing is due, and nothing waits for a person."]
            self.stdout.writelines(f"{sentence}\n" for sentence in sentences)
            return
        for due in outlook(as_of.date()):
            who = "a person" if due.waits else "by itself"
            self.stdout.write(f"{due.on}  {who:9}  {due.sentence}")


def _instant(day: date | None) -> datetime:
    """Now, or noon of another day."""
    return timezone.now() if day is None else datetime.combine(day, time(12), tzinfo=UTC)
