"""`manage.py payouts ACTION ...`: from what payees are owed to what their banks say.

payouts draft    EUR --by accountant@example.org [--execute-on 2026-11-12]
payouts approve  BATCH --by somebody-else@example.org
payouts discard  BATCH
payouts export   BATCH --to FILE.xml
payouts sent     BATCH --by accountant@example.org
payouts settle   BATCH --by accountant@example.org [--report pain.002.xml] [--on 2026-11-13]
payouts return   PAYOUT --reason "account closed" --by accountant@example.org [--on 2026-11-13]
payouts show     BATCH
payouts advice   BATCH --to FOLDER
payouts summary  YEAR
payouts advance  CONTRACT PARTY AMOUNT --key FIRST --on 2026-11-02
"""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalog.models import Party
from common.money import MoneyError
from royalty.documents.pain import StatusReportError, read_status_report
from royalty.documents.remittance import advice_csv, advice_text, summary_csv
from royalty.management.named import find_contract, find_person
from royalty.models import Payout, PayoutBatch, Period
from royalty.selectors.remittance import advices_of, summaries_of
from royalty.services import payees, payouts
from royalty.services.ledger import LedgerError

REFUSALS = (*(payouts.PayoutError, payees.PayeeError, LedgerError, MoneyError, StatusReportError),)


class Command(BaseCommand):
    help = "Draft, approve, export, settle and report payouts, and book advances."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        for name, arguments in ACTIONS.items():
            action = actions.add_parser(name)
            for argument in arguments:
                action.add_argument(argument, **ARGUMENTS[argument])

    def handle(self, *_args: Any, **options: Any) -> None:
        step = getattr(self, f"_{options['action']}")
        try:
            step(options)
        except REFUSALS as error:
            raise CommandError(str(error)) from error

    def _draft(self, options: dict[str, Any]) -> None:
        batch = payouts.draft_batch(
            code=options["currency"],
            user=find_person(options["by"]),
            as_of=timezone.now(),
            execution_date=options["execute_on"],
        )
        self._list(batch)

    def _show(self, options: dict[str, Any]) -> None:
        self._list(_batch(options))

    def _approve(self, options: dict[str, Any]) -> None:
        batch = payouts.approve_batch(
            batch=_batch(options), user=find_person(options["by"]), as_of=timezone.now()
        )
        self._say(batch)

    def _discard(self, options: dict[str, Any]) -> None:
        self._say(payouts.discard_batch(batch=_batch(options)))

    def _export(self, options: dict[str, Any]) -> None:
        batch, target = _batch(options), options["to"]
        content = payouts.export_batch(batch=batch)
        if target is None:
            raise CommandError("Name the file with --to.")
        target.write_bytes(content)
        batch.refresh_from_db()
        self.stdout.write(f"{target}: {len(content):,} bytes, sha256 {batch.file_sha256}")

    def _sent(self, options: dict[str, Any]) -> None:
        batch, user = _batch(options), find_person(options["by"])
        self._say(payouts.mark_sent(batch=batch, user=user, as_of=timezone.now()))

    def _settle(self, options: dict[str, Any]) -> None:
        batch, user = _batch(options), find_person(options["by"])
        day = options["on"] or timezone.now().date()
        if options["report"] is None:
            count = payouts.settle_batch(batch=batch, user=user, day=day)
            self.stdout.write(f"{count} payments are paid.")
        else:
            report = read_status_report(options["report"].read_bytes())
            changed = payouts.apply_report(batch=batch, report=report, user=user, day=day)
            for payout in changed:
                reason = f": {payout.return_reason}" if payout.return_reason else ""
                self.stdout.write(f"{payout} is {payout.status}{reason}.")
        batch.refresh_from_db()
        self._say(batch)

    def _return(self, options: dict[str, Any]) -> None:
        payout = Payout.objects.filter(pk=options["payout"]).select_related("batch").first()
        if payout is None:
            raise CommandError(f"There is no payout {options['payout']}.")
        returned = payouts.return_payout(
            payout=payout,
            reason=options["reason"],
            user=find_person(options["by"]),
            day=options["on"] or timezone.now().date(),
        )
        self.stdout.write(f"{returned} is {returned.status}; the amount is owed again.")

    def _advice(self, options: dict[str, Any]) -> None:
        folder: Path | None = options["to"]
        if folder is None:
            raise CommandError("Name the folder with --to.")
        folder.mkdir(parents=True, exist_ok=True)
        for advice in advices_of(_batch(options)):
            for suffix, content in (("txt", advice_text(advice)), ("csv", advice_csv(advice))):
                (folder / f"{advice.payment_id}.{suffix}").write_bytes(content)
                self.stdout.write(f"{folder / advice.payment_id}.{suffix}  {advice.payee}")

    def _summary(self, options: dict[str, Any]) -> None:
        self.stdout.write(summary_csv(summaries_of(options["year"])).decode(), ending="")

    def _advance(self, options: dict[str, Any]) -> None:
        contract = find_contract(options["contract"])
        party = Party.objects.filter(ref=options["party"]).first()
        if party is None:
            raise CommandError(f"There is no party {options['party']!r}.")
        day = options["on"] or timezone.now().date()
        journal = payees.grant_advance(
            contract=contract,
            party=party,
            amount_minor=contract.money.parse_atoms(options["amount"])
            // contract.money.atoms_per_minor,
            period=_period(contract.periods.all(), day),
            paid_on=day,
            key=options["key"],
        )
        self.stdout.write(f"{journal} is booked on {journal.posted_on}.")

    def _list(self, batch: PayoutBatch) -> None:
        money = batch.money
        for payout in batch.payouts.select_related("party", "batch").order_by("pk"):
            amount = money.format_atoms(payout.payable_atoms)
            self.stdout.write(
                f"{amount:>16} {money.code}  {payout.end_to_end_id}  {payout.party}, "
                f"{payout.get_status_display()}"
            )
        for note in batch.notes:
            self.stdout.write(f"note: {note}")
        self._say(batch)

    def _say(self, batch: PayoutBatch) -> None:
        self.stdout.write(f"Batch {batch.pk} ({batch.message_id}) is {batch.status}.")


ARGUMENTS: dict[str, dict[str, Any]] = {
    "currency": {"help": "the currency's code, as EUR"},
    "batch": {"type": int, "help": "the batch's number"},
    "payout": {"type": int, "help": "the payout's number, the last part of its id"},
    "contract": {"help": "the contract's code"},
    "party": {"help": "the party's ref"},
    "amount": {"help": "as in 1500.00"},
    "year": {"type": int},
    "--by": {"help": "e-mail address of the person who does it"},
    "--execute-on": {"type": date.fromisoformat, "help": "when banks shall pay (today)"},
    "--to": {"type": Path, "help": "where it is written"},
    "--report": {"type": Path, "help": "the bank's pain.002; without it all pending are paid"},
    "--on": {"type": date.fromisoformat, "help": "the day of the journals (today)"},
    "--reason": {"required": True, "help": "why it came back"},
    "--key": {"required": True, "help": "names this advance; given twice, it is booked once"},
}
ACTIONS: dict[str, tuple[str, ...]] = {
    "draft": ("currency", "--by", "--execute-on"),
    "show": ("batch",),
    "approve": ("batch", "--by"),
    "discard": ("batch",),
    "export": ("batch", "--to"),
    "sent": ("batch", "--by"),
    "settle": ("batch", "--by", "--report", "--on"),
    "return": ("payout", "--by", "--reason", "--on"),
    "advice": ("batch", "--to"),
    "summary": ("year",),
    "advance": ("contract", "party", "amount", "--key", "--on"),
}


def _batch(options: dict[str, Any]) -> PayoutBatch:
    batch = PayoutBatch.objects.filter(pk=options["batch"]).first()
    if batch is None:
        raise CommandError(f"There is no batch {options['batch']}.")
    return batch


def _period(periods: Any, day: date) -> Period:
    period: Period | None = periods.filter(starts_on__lte=day, ends_on__gt=day).first()
    if period is None:
        raise CommandError(f"The contract has no period on {day}; open one.")
    return period
