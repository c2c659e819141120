"""`manage.py export_ledger --format csv|beancount FILE`: the general ledger for other programs.

export_ledger --format csv ledger-2026-10.csv --until 2026-10-31
export_ledger --format beancount books.beancount      and then: bean-check books.beancount

The file is there whole or not at all, and says what the books said at one moment.
"""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.storage import write_whole
from royalty.documents.ledger import LedgerError, ledger_beancount, ledger_csv
from royalty.selectors.general_ledger import general_ledger, last_booked_day, one_moment

FORMATS = {"csv": ledger_csv, "beancount": ledger_beancount}


class Command(BaseCommand):
    help = "Write every account and entry to a file, as CSV or for beancount."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=list(FORMATS), required=True)
        parser.add_argument(
            "--until", type=date.fromisoformat, help="the last day (the last one booked)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with one_moment():
                until = options["until"] or last_booked_day()
                if until is None:
                    raise CommandError("Nothing is booked yet; there is no ledger to export.")
                ledger = general_ledger(until)
                write_whole(path, FORMATS[options["format"]](ledger))
        except (LedgerError, OSError) as error:
            raise CommandError(f"{path} was not written: {error}") from error
        self.stdout.write(f"{path}: {len(ledger.accounts):,} accounts until {until}.")
