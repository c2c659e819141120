"""Money in: each closed month is invoiced, and the platform pays, mostly whole and in time."""

from collections.abc import Iterator
from datetime import date

from demo.collecting import bank_statement
from demo.economy import Month
from demo.payees import EURO, euros
from demo.year.plan import at
from demo.year.world import World
from royalty.models import Invoice
from royalty.selectors.receivables import OpenInvoice, open_invoices
from royalty.services.receivables import issue_invoice, take_bank_file

INVOICED_ON, COLLECTED_ON = 5, 20


def invoice(world: World, now: Month) -> None:
    """Invoice what the month before leaves, under each contract."""
    issued_on = at(now, INVOICED_ON).date()
    for contract in world.contracts:
        issue_invoice(contract=contract, user=world.accountant, issued_on=issued_on)


def collect(world: World, now: Month) -> str:
    """Read the statement of the day on which the platform pays; a sentence if it is not all."""
    as_of = at(now, COLLECTED_ON)
    paid = dict(_paid(world, now, as_of.date()))
    if not paid:
        return ""
    content = bank_statement(f"STATEMENT-{as_of:%Y-%m-%d}", as_of.date(), paid)
    path = world.folder / "bank" / f"statement-{as_of:%Y-%m-%d}.xml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    take_bank_file(content=path.read_bytes(), name=path.name, user=world.accountant, as_of=as_of)
    left = sum(found.open_atoms for found in open_invoices(as_of.date()))
    return f"{world.platform} pays late: {euros(left)} are still open." if left else ""


def _paid(world: World, now: Month, day: date) -> Iterator[tuple[Invoice, int]]:
    """What the platform pays of each invoice, in cents: in one month half, the rest much later."""
    plan, number = world.calendar.plan, world.calendar.number(now)
    for found in open_invoices(day):
        cents = found.open_atoms // EURO.atoms_per_minor
        if number == plan.part_payment:
            yield found.invoice, cents // 2
        elif not _is_paid_in_part(found) or number >= plan.paid_up:
            yield found.invoice, cents


def _is_paid_in_part(found: OpenInvoice) -> bool:
    return found.open_atoms < found.invoice.gross_atoms
