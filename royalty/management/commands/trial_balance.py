"""`manage.py trial_balance`: every account with its balance; the columns must agree."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.money import currency
from royalty.selectors.ledger import trial_balance


class Command(BaseCommand):
    help = "Print the debits and credits of every account."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, help="at the end of this day")

    def handle(self, *_args: Any, **options: Any) -> None:
        balance = trial_balance(as_of=options["as_of"])
        for row in balance.rows:
            self._line(row.account.currency, row.debit_atoms, row.credit_atoms, f"{row.account}")
        for code, (debit_atoms, credit_atoms) in sorted(balance.totals_atoms().items()):
            self._line(code, debit_atoms, credit_atoms, f"total in {code}")
        if not balance.is_balanced:
            raise CommandError("Debits and credits differ; run verify_ledger to see where.")

    def _line(self, code: str, debit_atoms: int, credit_atoms: int, what: str) -> None:
        money = currency(code)
        decimals = money.decimals + 4
        debit, credit = (
            money.format_atoms(atoms, decimals) for atoms in (debit_atoms, credit_atoms)
        )
        self.stdout.write(f"{debit:>24} {credit:>24}  {what}")
