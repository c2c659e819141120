"""Do invoices, receipts and payment files say what the books say?"""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from demo.payees import CURRENCY, EURO, euros
from demo.year.checks.check import Check, balances, granted_atoms, of, total
from demo.year.desk import order_file
from demo.year.world import World
from royalty.models import AccountKind, Payout, PayoutBatch, Receipt
from royalty.selectors.ledger import trial_balance
from royalty.selectors.receivables import invoices_with_open


def invoices_are_paid_or_open(_world: World) -> Check:
    """What was invoiced came in or is open, and that is what the books say the platform owes."""
    found = list(invoices_with_open())
    invoiced = sum(-each.gross_atoms if each.is_credit_note else each.gross_atoms for each in found)
    still_open = sum(each.open_atoms for each in found if not each.is_credit_note)
    received, stands = _received_atoms(), balances()
    credit = stands.get(AccountKind.PLATFORM_CREDIT, 0)
    difference = invoiced - (received + still_open - credit)
    faults = []
    if difference:
        faults.append(f"{difference} atoms of the invoices neither came in nor are open.")
    faults += _wrongly_receivable(found)
    evidence = (
        f"{len(found)} invoices of {euros(invoiced)}, VAT included; {euros(received)} came in, "
        f"{euros(still_open)} are open"
    )
    return Check("What was invoiced came in or is open", evidence, tuple(faults))


def _wrongly_receivable(invoices: Sequence[Any]) -> Iterator[str]:
    """Contracts under which the books have the platform owe something else than open invoices."""
    still_open: Counter[str] = Counter()
    for each in invoices:
        still_open[each.contract.code] += 0 if each.is_credit_note else each.open_atoms
    for code, balance in trial_balance().by_contract().items():
        rows = (row for row in balance.rows if row.account.kind == AccountKind.PLATFORM_RECEIVABLE)
        owed = sum(row.balance_atoms for row in rows)
        # Less than a cent waits for the next invoice.
        if abs(owed - still_open[code]) >= EURO.atoms_per_minor:
            yield f"{code}: the platform owes {owed} atoms, its invoices say {still_open[code]}."


def banks_were_told_what_was_booked(_world: World) -> Check:
    """The files for the bank sum to what the books put on its way, and to what the bank took."""
    ordered = sum(
        (_control_sum(order_file(batch)) for batch in PayoutBatch.objects.exclude(file_name="")),
        Decimal(0),
    )
    found = Payout.objects.exclude(status=Payout.Status.OFFSET)
    booked = total(found, "payable_atoms")
    came_back = total(found.filter(status=Payout.Status.RETURNED), "payable_atoms")
    bank = _received_atoms() - of(balances(), AccountKind.BANK) - granted_atoms()
    faults = []
    if int(ordered * 100 * EURO.atoms_per_minor) != booked:
        faults.append(f"The files order {ordered} {CURRENCY}, the books {euros(booked)}.")
    if booked - came_back != bank:
        faults.append(f"The bank paid {bank} atoms; {booked - came_back} were to be paid.")
    evidence = (
        f"{PayoutBatch.objects.count()} files order {ordered:,} {CURRENCY}, of which "
        f"{euros(came_back)} came back"
    )
    return Check("Banks were told what was booked", evidence, tuple(faults))


def _control_sum(path: Path) -> Decimal:
    return Decimal(ET.parse(path).getroot().findtext(".//{*}CtrlSum") or "NaN")  # noqa: S314 our own


def _received_atoms() -> int:
    found = Receipt.objects.all()
    taken_back = total(found.filter(is_taken_back=True), "amount_atoms")
    return total(found.filter(is_taken_back=False), "amount_atoms") - taken_back
