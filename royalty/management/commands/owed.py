"""`manage.py owed CONTRACT STARTS_ON [--party REF]`: who is owed what for a period, and why.

Before the close it is a preview, after it what was posted. With a party, its largest lines are
explained step by step, from the pool down to the holder, recomputed and equal to the atom.
"""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from royalty.apportionment import Explanation, SnapshotError
from royalty.management.named import find_contract, find_period
from royalty.models import Period
from royalty.selectors.explanations import explanation_of
from royalty.selectors.owed import owed_by_party, platform_statement, why
from royalty.selectors.runs import NoRunError, books_of, current_run


class Command(BaseCommand):
    help = "Print who is owed what for a period, and why."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("contract", help="the contract's code")
        parser.add_argument("starts_on", type=date.fromisoformat, help="the period's first day")
        parser.add_argument("--party", help="explain this party's largest lines")
        parser.add_argument("--lines", type=int, default=3, help="how many of them (3)")

    def handle(self, *_args: Any, **options: Any) -> None:
        period = find_period(find_contract(options["contract"]), options["starts_on"])
        try:
            if options["party"]:
                self._explain(period, options["party"], options["lines"])
            else:
                self._list(period)
        except (NoRunError, SnapshotError) as error:
            raise CommandError(str(error)) from error

    def _list(self, period: Period) -> None:
        money, statement = period.contract.money, platform_statement(period)
        self.stdout.write(f"{period}, {period.status}, {statement.use_count:,} uses")
        self.stdout.write(
            f"{period.contract.allocation_terms}: {period.contract.allocation_sentence}"
        )
        for owed in owed_by_party(period):
            amounts = (
                money.format_atoms(atoms, 4) for atoms in (owed.atoms, owed.attributed_atoms)
            )
            earned, attributed = amounts
            self.stdout.write(f"{earned:>16}  of it attributed {attributed:>14}  {owed.party_name}")
        together = money.format_atoms(statement.to_parties_atoms, 4)
        self.stdout.write(f"{together:>16}  to parties together")
        for kind, atoms in statement.held_atoms.items():
            self.stdout.write(f"{money.format_atoms(atoms, 4):>16}  {kind.replace('_', ' ')}")
        self.stdout.write(f"{money.format_atoms(statement.commission_atoms, 4):>16}  commission")
        self.stdout.write(f"{money.format_atoms(statement.gross_atoms, 4):>16}  gross")
        if statement.guarantee_atoms:
            added = money.format_atoms(statement.guarantee_atoms, 4)
            self.stdout.write(f"{added:>16}  owed on top to reach the guarantee")
        for exception in statement.exceptions:
            self.stdout.write(f"note: {exception}")

    def _explain(self, period: Period, ref: str, count: int) -> None:
        books, contract = books_of(current_run(period)), period.contract
        self.stdout.write(f"{contract.allocation_terms}: {contract.allocation_sentence}")
        if ref not in books.snapshot.party_ids:
            raise CommandError(f"{ref!r} has no share in what {period} paid for.")
        for numbered in why(books, ref, count):
            line = numbered.line
            self.stdout.write(f"\n{line.title}, {line.artist} ({line.track_id})")
            for text in _steps(explanation_of(books, numbered.row), period):
                self.stdout.write(f"  {text}")


def _steps(explanation: Explanation, period: Period) -> list[str]:
    money = period.contract.money
    shown = money.decimals + 6
    return [
        f"{money.format_atoms(step.from_atoms, shown):>18} x {step.weight:,} / "
        f"{step.weight_total:,} = {money.format_atoms(step.to_atoms, shown):>18}  "
        f"{f'{step.stage} {step.target}'.strip()}, rounding {float(step.rounding_atoms):+.2f} atoms"
        for step in explanation.steps
    ]
