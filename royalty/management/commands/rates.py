"""`manage.py rates ACTION ...`: exchange rates against the euro.

rates take  FILE [--source ECB]      the ECB's eurofxref, as CSV of the history or as XML
rates list  [--currency USD] [--since 2026-10-01]
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from royalty.models import ExchangeRate
from royalty.services.rates import RatesRefused, take_rates

LISTED_DAYS = 14


class Command(BaseCommand):
    help = "Take in exchange rates, and list them."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        taking = actions.add_parser("take", help="take in a file of the ECB")
        taking.add_argument("file", type=Path)
        taking.add_argument("--source", default=settings.RATE_SOURCE)
        listing = actions.add_parser("list", help="the rates that are known")
        listing.add_argument("--currency", help="only of this currency")
        listing.add_argument("--since", type=date.fromisoformat, help="from this day on")

    def handle(self, *_args: Any, **options: Any) -> None:
        today = timezone.localdate()
        if options["action"] == "list":
            self._list(options["currency"], options["since"] or today - timedelta(LISTED_DAYS))
            return
        path: Path = options["file"]
        try:
            report = take_rates(path=path, source=options["source"], as_of=today)
        except RatesRefused as refusal:
            raise CommandError(f"{path.name} was not taken: {refusal}") from refusal
        self.stdout.write(
            f"{path.name}: {report.new_count:,} rates new, {report.known_count:,} known, until "
            f"{report.last_day}."
        )

    def _list(self, code: str | None, since: date) -> None:
        rates = ExchangeRate.objects.filter(day__gte=since).order_by("-day", "quote", "source")
        if code:
            rates = rates.filter(quote=code)
        for rate in rates:
            self.stdout.write(f"{rate}")
        if not rates:
            self.stdout.write(f"No rates are known since {since}.")
