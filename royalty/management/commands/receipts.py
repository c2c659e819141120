"""`manage.py receipts ACTION ...`: what the bank's files bring, and what it is for.

receipts take        FILE.xml --by accountant@example.org
receipts list        [--all]
receipts match       RECEIPT INV-2026-0001 [--amount 10.00] --by accountant@example.org
receipts credit      RECEIPT CONTRACT --by accountant@example.org
receipts send-back   RECEIPT --by accountant@example.org
receipts taken-back  RECEIPT --of RECEIPT --by accountant@example.org
receipts unmatch     MATCH --by accountant@example.org
"""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from common.money import MoneyError
from royalty.documents.camt import BankFileError
from royalty.management.named import find_contract, find_invoice, find_person
from royalty.models import Match, Receipt
from royalty.selectors.receivables import receipts_with_rest, unmatched_receipts
from royalty.services import receivables
from royalty.services.ledger import LedgerError
from royalty.services.receivables import By

REFUSALS = (receivables.ReceivableError, BankFileError, LedgerError, MoneyError)
BY = {"help": "e-mail address of the person who does it"}
ON = {"type": date.fromisoformat, "help": "the day on which it counts in the books (today)"}
RECEIPT = {"type": int, "help": "the receipt's number"}
ARGUMENTS: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "take": (("file", {"type": Path, "help": "camt.053 or camt.054"}), ("--by", BY)),
    "list": (("--all", {"action": "store_true", "help": "also those that are matched"}),),
    "match": (
        ("receipt", RECEIPT),
        ("invoice", {"help": "as in INV-2026-0001"}),
        ("--amount", {"help": "a part of it, as in 10.00"}),
        ("--by", BY),
        ("--on", ON),
    ),
    "credit": (
        ("receipt", RECEIPT),
        ("contract", {"help": "the contract's code"}),
        ("--by", BY),
        ("--on", ON),
    ),
    "send-back": (("receipt", RECEIPT), ("--by", BY), ("--on", ON)),
    "taken-back": (
        ("receipt", {"type": int, "help": "the entry by which the bank took it"}),
        ("--of", {"type": int, "required": True, "help": "the receipt that it took back"}),
        ("--by", BY),
        ("--on", ON),
    ),
    "unmatch": (("match", {"type": int, "help": "the match's number"}), ("--by", BY), ("--on", ON)),
}


class Command(BaseCommand):
    help = "Take the bank's files in, and say what receipts are for."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        for name, arguments in ARGUMENTS.items():
            action = actions.add_parser(name)
            for argument, options in arguments:
                action.add_argument(argument, **options)

    def handle(self, *_args: Any, **options: Any) -> None:
        step = getattr(self, f"_{options['action'].replace('-', '_')}")
        try:
            step(options)
        except REFUSALS as error:
            raise CommandError(str(error)) from error

    def _take(self, options: dict[str, Any]) -> None:
        path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        taken = receivables.take_bank_file(
            content=content,
            name=path.name,
            user=find_person(options["by"]),
            as_of=timezone.now(),
        )
        if taken.was_taken_before:
            self.stdout.write(f"{taken.bank_file} was taken before; nothing changed.")
            return
        for receipt in receipts_with_rest().filter(bank_file=taken.bank_file).order_by("pk"):
            self._tell(receipt)
        for sentence in taken.payments:
            self.stdout.write(sentence)
        known = f", {taken.known_count} were known" if taken.known_count else ""
        self.stdout.write(f"{taken.bank_file}: {taken.bank_file.entry_count} entries{known}.")

    def _list(self, options: dict[str, Any]) -> None:
        found = receipts_with_rest().order_by("booked_on", "pk")
        wanted = list(found if options["all"] else unmatched_receipts())
        for receipt in wanted:
            self._tell(receipt)
        if not wanted:
            what = "came in" if options["all"] else "waits to be matched; --all shows every receipt"
            self.stdout.write(f"Nothing {what}.")

    def _match(self, options: dict[str, Any]) -> None:
        receipt = _receipt(options["receipt"])
        amount = options["amount"]
        match = receivables.match_receipt(
            receipt=receipt,
            invoice=find_invoice(options["invoice"]),
            by=_by(options),
            amount_atoms=None if amount is None else receipt.money.parse_atoms(amount),
        )
        self._told(match)

    def _credit(self, options: dict[str, Any]) -> None:
        contract = find_contract(options["contract"])
        receipt = _receipt(options["receipt"])
        match = receivables.keep_as_credit(receipt=receipt, contract=contract, by=_by(options))
        self._told(match)

    def _send_back(self, options: dict[str, Any]) -> None:
        receipt = _receipt(options["receipt"])
        self._told(receivables.send_back(receipt=receipt, by=_by(options)))

    def _taken_back(self, options: dict[str, Any]) -> None:
        receipt, taken = _receipt(options["of"]), _receipt(options["receipt"])
        match = receivables.take_back(receipt=receipt, taken=taken, by=_by(options))
        self._told(match)

    def _unmatch(self, options: dict[str, Any]) -> None:
        match = Match.objects.select_related("contract").filter(pk=options["match"]).first()
        if match is None:
            raise CommandError(f"There is no match {options['match']}.")
        receivables.undo_match(match=match, by=_by(options))
        self.stdout.write(f"{match}: undone.")

    def _tell(self, receipt: Any) -> None:
        money = receipt.money
        sign = "-" if receipt.is_taken_back else ""
        amount = f"{sign}{money.format_atoms(receipt.amount_atoms)} {money.code}"
        rest = "matched"
        if receipt.is_taken_back:
            rest = "taken back by the bank"
        elif receipt.rest_atoms:
            rest = f"{money.format_atoms(receipt.rest_atoms)} unmatched"
        self.stdout.write(
            f"{amount:>22}  {receipt} of {receipt.booked_on}, {receipt.payer_name or 'no name'}: "
            f"{rest}  {receipt.remittance[:60]}".rstrip()
        )

    def _told(self, match: Match) -> None:
        money = match.contract.money
        self.stdout.write(f"{money.format_atoms(match.amount_atoms)} {money.code}: {match}.")


def _receipt(number: int) -> Receipt:
    found = Receipt.objects.select_related("contract").filter(pk=number).first()
    if found is None:
        raise CommandError(f"There is no receipt {number}.")
    return found


def _by(options: dict[str, Any]) -> By:
    return By(find_person(options["by"]), options["on"] or timezone.localdate())
