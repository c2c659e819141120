"""`manage.py balances`: what each account holds at the end of a day, by contract or by party.

balances --party A                              what is owed to a party under all contracts
balances --contract studio-2026 --as-of 2026-10-31
"""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Party
from royalty.management.commands.trial_balance import exact
from royalty.management.named import find_contract
from royalty.selectors.ledger import TrialRow, party_accounts, trial_balance


class Command(BaseCommand):
    help = "Print the balance of accounts at the end of a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, help="at the end of this day")
        whose = parser.add_mutually_exclusive_group()
        whose.add_argument("--contract", help="the accounts of the contract with this code")
        whose.add_argument("--party", help="the accounts of the party with this ref")

    def handle(self, *_args: Any, **options: Any) -> None:
        rows = _rows(options)
        when = f"at the end of {options['as_of']}" if options["as_of"] else "after everything"
        self.stdout.write(f"Balances {when}; debit or credit is the side on which they stand.")
        for row in rows:
            normal = row.account.normal_side
            side = normal if row.balance_atoms >= 0 else normal.other
            amount = exact(abs(row.balance_atoms), row.account.currency)
            self.stdout.write(f"{amount:>22}  {side.value:<6}  {row.account}")
        if not rows:
            self.stdout.write("No account was used until then.")


def _rows(options: dict[str, Any]) -> tuple[TrialRow, ...]:
    as_of = options["as_of"]
    if options["party"]:
        party = Party.objects.filter(ref=options["party"]).first()
        if party is None:
            raise CommandError(f"There is no party {options['party']!r}.")
        return party_accounts(party, as_of=as_of)
    contract = find_contract(options["contract"]) if options["contract"] else None
    return trial_balance(as_of=as_of, contract=contract).rows
