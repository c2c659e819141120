"""Paying what a closed month left: a batch by two people, the bank's file, and the advices."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.core.files.storage import default_storage
from django.db.models import Sum
from rich.table import Table

from accounts.models import User
from demo.accounting import ACCOUNTANT, REVIEWER, Books
from demo.payees import CURRENCY, EURO
from demo.show import Show, plain_table
from royalty.documents import format_amount
from royalty.documents.remittance import advice_text
from royalty.models import Payout, PayoutBatch, PayoutPart
from royalty.selectors.remittance import advices_of
from royalty.services import payouts

PAID_AT = datetime(2026, 11, 10, 9, tzinfo=UTC)
SHOWN_PAYEES = 6
COLUMNS = ("gross", "fee", "withholding", "payable")
Status = PayoutBatch.Status


@dataclass(frozen=True)
class Payments:
    """What was paid for the month: its batch, and where its files lie."""

    batch: PayoutBatch
    order: Path  # the pain.001
    advices: Path  # a folder

    @property
    def payouts(self) -> list[Payout]:
        """Largest first."""
        return list(self.batch.payouts.select_related("party").order_by("-payable_atoms", "pk"))


def pay(show: Show, books: Books, home: Path) -> Payments:
    """Pay everybody who reaches the threshold. What is done already is only read."""
    with show.stage("Pay them: drafted by one, approved by another") as stage:
        batch = _to_the_bank(_batch(books) or _draft())
        payments = Payments(
            batch,
            Path(default_storage.path(batch.file_name)),
            _advise(batch, home / "demo" / "advices" / batch.message_id),
        )
        total = sum(payout.payable_atoms for payout in payments.payouts)
        stage.outcome = (
            f"{len(payments.payouts)} payments of {format_amount(total, EURO)} {CURRENCY} "
            f"ordered in a pain.001; {len(batch.notes)} parties wait"
        )
    return payments


def _batch(books: Books) -> PayoutBatch | None:
    """The batch that pays these books, if there is one."""
    contracts = [period.contract_id for period in books.periods]
    parts = PayoutPart.objects.filter(contract__in=contracts).values("payout__batch")
    batches = PayoutBatch.objects.filter(pk__in=parts).exclude(status=Status.DISCARDED)
    return batches.order_by("pk").first()


def _draft() -> PayoutBatch:
    accountant = User.objects.get(email=ACCOUNTANT)
    return payouts.draft_batch(code=CURRENCY, user=accountant, as_of=PAID_AT)


def _to_the_bank(batch: PayoutBatch) -> PayoutBatch:
    """Approve and export the batch, as far as that is not done."""
    if batch.status == Status.DRAFT:
        reviewer = User.objects.get(email=REVIEWER)
        batch = payouts.approve_batch(batch=batch, user=reviewer, as_of=PAID_AT)
    payouts.export_batch(batch=batch)
    batch.refresh_from_db()
    return batch


def _advise(batch: PayoutBatch, folder: Path) -> Path:
    """Write what each payee is told."""
    folder.mkdir(parents=True, exist_ok=True)
    for advice in advices_of(batch):
        (folder / f"{advice.payment_id}.txt").write_bytes(advice_text(advice))
    return folder


def table_of_payments(payments: Payments) -> Table:
    """The largest payments with what was kept back, all others, and their sum."""
    batch = payments.batch
    table = plain_table(f"What was paid on {batch.posted_on}, in {batch.currency}")
    table.add_column("", no_wrap=True, overflow="ellipsis")
    for name in ("owed", "fee", "tax", "paid"):
        table.add_column(name, justify="right")
    found = payments.payouts
    for payout in found[:SHOWN_PAYEES]:
        table.add_row(payout.party.name, *_amounts([payout]))
    rest = found[SHOWN_PAYEES:]
    table.add_row(f"{len(rest)} more parties", *_amounts(rest), end_section=True)
    table.add_row("the bank is asked for", *_amounts(found), style="bold")
    return table


def _amounts(found: list[Payout]) -> list[str]:
    parts = PayoutPart.objects.filter(payout__in=found)
    sums = parts.aggregate(**{name: Sum(f"{name}_atoms", default=0) for name in COLUMNS})
    return [format_amount(sums[name], EURO) for name in COLUMNS]
