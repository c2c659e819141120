"""`manage.py invoices ACTION ...`: what platforms owe, from closed periods to reminders.

invoices due     [--contract CODE]
invoices issue   CONTRACT --by accountant@example.org [--on 2026-11-04]
invoices list    [--contract CODE] [--open]
invoices show    INV-2026-0001 [--to invoice.pdf]
invoices self    [--to FOLDER]
invoices remind  [--to FOLDER]
"""

from collections.abc import Callable, Iterable
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from common.money import Currency
from royalty.documents import Scale
from royalty.documents.invoice import invoice_pdf
from royalty.documents.invoice.reminder import LateInvoice, reminder_text
from royalty.management.named import find_contract, find_invoice, find_person
from royalty.models import Contract, SelfBilledInvoice
from royalty.selectors.invoice_document import invoice_document, self_billed_document
from royalty.selectors.receivables import (
    AGES,
    OpenInvoice,
    due,
    invoices_with_open,
    open_invoices,
    status_of,
)
from royalty.services.ledger import LedgerError
from royalty.services.receivables import ReceivableError, issue_invoice


class Command(BaseCommand):
    help = "Invoice platforms, and say what is open and late."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        dues = actions.add_parser("due", help="what closed periods leave to be invoiced")
        dues.add_argument("--contract", help="only of the contract with this code")
        issuing = actions.add_parser("issue", help="invoice a contract's closed periods")
        issuing.add_argument("contract", help="the contract's code")
        issuing.add_argument("--by", help="e-mail address of the person who issues it")
        issuing.add_argument("--on", type=date.fromisoformat, help="its day (today)")
        listing = actions.add_parser("list", help="invoices and credit notes, with their status")
        listing.add_argument("--contract", help="only of the contract with this code")
        listing.add_argument("--open", action="store_true", help="an aged list of what is open")
        showing = actions.add_parser("show", help="an invoice line by line, or as PDF")
        showing.add_argument("number", help="as in INV-2026-0001")
        showing.add_argument("--to", type=Path, help="where its PDF is written")
        own = actions.add_parser("self", help="invoices written for payees by self-billing")
        own.add_argument("--to", type=Path, help="a folder for their PDFs")
        reminding = actions.add_parser("remind", help="a reminder for each platform that is late")
        reminding.add_argument("--to", type=Path, help="a folder for them; printed without")

    def handle(self, *_args: Any, **options: Any) -> None:
        step: Callable[[dict[str, Any]], None] = getattr(self, f"_{options['action']}")
        try:
            step(options)
        except (ReceivableError, LedgerError) as error:
            raise CommandError(str(error)) from error

    def _due(self, options: dict[str, Any]) -> None:
        lines = []
        for contract in _contracts(options["contract"]):
            owed = due(contract)
            if owed is not None and owed.lines:
                amount = _amount(owed.net_atoms, contract.money)
                what = "to be invoiced" if owed.net_atoms >= 0 else "to be credited"
                lines.append(f"{amount:>22}  {contract.code}, through {owed.through.label}, {what}")
        self.stdout.write("\n".join(lines) or "Everything that was closed is invoiced.")

    def _issue(self, options: dict[str, Any]) -> None:
        invoice = issue_invoice(
            contract=find_contract(options["contract"]),
            user=find_person(options["by"]),
            issued_on=options["on"] or timezone.localdate(),
        )
        amount = _amount(invoice.gross_atoms, invoice.money)
        self.stdout.write(
            f"{invoice} is issued: {amount}, due on {invoice.due_on}, "
            f"reference {invoice.reference}."
        )

    def _list(self, options: dict[str, Any]) -> None:
        wanted = {"contract__in": list(_contracts(options["contract"]))}
        today = timezone.localdate()
        if options["open"]:
            found = open_invoices(today, **wanted)
            self._aged(found)
            if not found:
                self.stdout.write("No invoice is open.")
            return
        for invoice in invoices_with_open().filter(**wanted).order_by("issued_on", "pk"):
            amount = _amount(invoice.gross_atoms, invoice.money)
            status = status_of(invoice, invoice.open_atoms, today)
            about = f"{invoice.contract.code}, due on {invoice.due_on}: {status}"
            self.stdout.write(f"{amount:>22}  {invoice}  {about}")

    def _aged(self, found: list[OpenInvoice]) -> None:
        """What is open, in columns by how late it is."""
        for code, group in _by_currency(found):
            ages = dict.fromkeys(AGES, 0)
            for each in group:
                money = each.invoice.money
                ages[each.age] += each.open_atoms
                self.stdout.write(
                    f"{_amount(each.open_atoms, money):>22}  {each.invoice}  "
                    f"{each.invoice.customer.name}, {each.age}"
                )
            for age, atoms in ages.items():
                self.stdout.write(f"{_amount(atoms, money):>22}  {age}, all in {code}")

    def _show(self, options: dict[str, Any]) -> None:
        invoice = find_invoice(options["number"])
        if options["to"] is not None:
            options["to"].write_bytes(invoice_pdf(invoice_document(invoice)))
            self.stdout.write(f"{options['to']}: {invoice} for {invoice.customer}")
            return
        money = invoice.money
        for line in invoice.lines:
            exact = money.format_atoms(line["atoms"], money.atom_decimals)
            self.stdout.write(f"{exact:>22} {money.code}  {line['text']}")
        percent = f"VAT, {invoice.vat_ppm / 10_000:g} %"
        sums = (("net", invoice.net_atoms), (percent, invoice.vat_atoms))
        for text, atoms in (*sums, ("total", invoice.gross_atoms)):
            self.stdout.write(f"{_amount(atoms, money):>26}  {text}")
        for match in invoice.matches.filter(undoes__isnull=True).order_by("pk"):
            undone = ", undone" if hasattr(match, "undone_by") else ""
            self.stdout.write(
                f"{_amount(match.amount_atoms, money):>26}  {match.get_use_display()} on "
                f"{match.matched_on}, found by {match.found_by} (match {match.pk}{undone})"
            )

    def _self(self, options: dict[str, Any]) -> None:
        found = SelfBilledInvoice.objects.select_related("payout__party", "agreement", "customer")
        for invoice in found.order_by("year", "series", "number"):
            amount = _amount(invoice.gross_atoms, invoice.money)
            self.stdout.write(f"{amount:>22}  {invoice}  {invoice.payout}")
            if options["to"] is not None:
                options["to"].mkdir(parents=True, exist_ok=True)
                content = invoice_pdf(self_billed_document(invoice))
                (options["to"] / f"{invoice}.pdf").write_bytes(content)

    def _remind(self, options: dict[str, Any]) -> None:
        today = timezone.localdate()
        late = [each for each in open_invoices(today) if each.days_late > 0]

        def whose(each: OpenInvoice) -> tuple[str, str]:
            return each.invoice.customer.name, each.invoice.contract.currency

        for (customer, code), group in groupby(sorted(late, key=whose), key=whose):
            invoices = list(group)
            money = invoices[0].invoice.money
            scale = Scale(code, money.decimals, money.atoms_per_minor)
            text = reminder_text(customer, [_late(each) for each in invoices], scale, today)
            if options["to"] is None:
                self.stdout.write(text.decode())
                continue
            options["to"].mkdir(parents=True, exist_ok=True)
            platform = invoices[0].invoice.contract.platform.code
            target = options["to"] / f"reminder-{platform}-{code}-{today}.txt"
            target.write_bytes(text)
            self.stdout.write(f"{target}: {len(invoices)} invoices")


def _contracts(code: str | None) -> Iterable[Contract]:
    return [find_contract(code)] if code else Contract.objects.order_by("code")


def _by_currency(found: list[OpenInvoice]) -> Iterable[tuple[str, Iterable[OpenInvoice]]]:
    def code(each: OpenInvoice) -> str:
        return each.invoice.contract.currency

    return groupby(sorted(found, key=code), key=code)


def _late(each: OpenInvoice) -> LateInvoice:
    invoice = each.invoice
    return LateInvoice(
        number=invoice.label,
        due_on=invoice.due_on,
        days_late=each.days_late,
        open_atoms=each.open_atoms,
        reference=invoice.reference,
        iban=invoice.account.iban,
    )


def _amount(atoms: int, money: Currency) -> str:
    return f"{money.format_atoms(atoms)} {money.code}"
