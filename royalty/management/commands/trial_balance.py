"""`manage.py trial_balance`: every account with its columns, which must agree, and whether they do.

trial_balance                                            everything that was ever booked
trial_balance --as-of 2026-10-31                         until the end of a day
trial_balance --since 2026-10-01 --as-of 2026-10-31      what these days brought, between balances
trial_balance --contract studio-2026                     one contract's accounts
"""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.money import currency
from royalty.management.named import find_contract
from royalty.selectors.ledger import TrialBalance, TrialRow, trial_balance


class Command(BaseCommand):
    help = "Print the debits and credits of every account, and say whether they agree."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, help="only from this day on")
        parser.add_argument("--as-of", type=date.fromisoformat, help="at the end of this day")
        parser.add_argument("--contract", help="only the accounts of the contract with this code")

    def handle(self, *_args: Any, **options: Any) -> None:
        since, as_of = options["since"], options["as_of"]
        if since and as_of and since > as_of:
            raise CommandError(f"There is no day from {since} to {as_of}.")
        contract = find_contract(options["contract"]) if options["contract"] else None
        balance = trial_balance(since=since, as_of=as_of, contract=contract)
        self._line("debits", "credits", "balance", "account")
        for code, part in balance.by_contract().items():
            for row in part.rows:
                self._row(row)
            self._totals(part, f"total of {code}")
        if contract is None:
            self._totals(balance, "total")
        self._verdict(balance)

    def _row(self, row: TrialRow) -> None:
        amounts = (row.debit_atoms, row.credit_atoms, row.balance_atoms)
        debit, credit, balance = (exact(atoms, row.account.currency) for atoms in amounts)
        self._line(debit, credit, balance, f"{row.account}")

    def _totals(self, balance: TrialBalance, what: str) -> None:
        for code, columns in sorted(balance.totals_atoms().items()):
            debit, credit = (exact(atoms, code) for atoms in columns)
            self._line(debit, credit, "", f"{what} in {code}")

    def _verdict(self, balance: TrialBalance) -> None:
        """In words: whether each currency's columns agree; the command fails if one's do not."""
        if not balance.rows:
            self.stdout.write("Nothing was booked in these days.")
        for code, (debit_atoms, credit_atoms) in sorted(balance.totals_atoms().items()):
            if debit_atoms == credit_atoms:
                self.stdout.write(
                    f"Debits and credits in {code} are the same: the trial balance is zero."
                )
                continue
            difference = exact(debit_atoms - credit_atoms, code)
            self.stderr.write(f"In {code} debits less credits are {difference}, not zero.")
        if not balance.is_balanced:
            raise CommandError("Debits and credits differ; run verify_ledger to see where.")

    def _line(self, debit: str, credit: str, balance: str, what: str) -> None:
        self.stdout.write(f"{debit:>22} {credit:>22} {balance:>22}  {what}")


def exact(atoms: int, code: str) -> str:
    """The amount to the last atom, with thousands apart."""
    money = currency(code)
    return money.format_atoms(atoms, money.atom_decimals)
