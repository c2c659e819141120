"""What must hold when the year is over; each check says what it found, and every fault it found.

Whatever can be asked of something independent is: the stand-alone verifier runs as a program of its
own, beancount adds the exported ledger up, payment files are read as the bank reads them.
"""

import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db.models import Sum

from demo.payees import CURRENCY, EURO
from demo.year.desk import order_file, published_roots
from demo.year.world import World
from royalty.documents import format_amount
from royalty.models import (
    AccountKind,
    Entry,
    Journal,
    JournalKind,
    Payout,
    PayoutBatch,
    Period,
    Receipt,
    Side,
    Statement,
)
from royalty.proof import ChainedRoot
from royalty.proof.verify_statement import read
from royalty.selectors.documents import verifier
from royalty.selectors.facts import last_intake_file, reported_totals
from royalty.selectors.held import HELD_KINDS
from royalty.selectors.ledger import payable_balances, trial_balance
from royalty.selectors.proofs import differences, roots, statement_proof
from royalty.selectors.receivables import invoices_with_open
from royalty.selectors.verification import verify_ledger

AT_ONCE = 2  # verifying programs
KEPT_BY_PLATFORM = (AccountKind.COMMISSION, AccountKind.PLATFORM_SHARE)
SECONDS = 60  # that one of them may take
BEAN_CHECK = "bean-check"


@dataclass(frozen=True)
class Check:
    """A claim about the year's books, what speaks for it, and what speaks against it."""

    claim: str
    evidence: str
    faults: tuple[str, ...] = ()


def checks(world: World) -> Iterator[Check]:
    """All checks, one after the other."""
    every: tuple[Callable[[World], Check], ...] = (
        trial_balance_is_zero,
        nothing_was_altered,
        money_is_conserved,
        accounts_go_on_where_they_ended,
        invoices_are_paid_or_open,
        banks_were_told_what_was_booked,
        statements_are_proved,
        roots_are_those_that_were_published,
        beancount_agrees,
    )
    for check in every:
        yield check(world)


def trial_balance_is_zero(_world: World) -> Check:
    """Debits and credits of the whole year have the same sum."""
    totals = trial_balance().totals_atoms()
    faults = [
        f"Debits of {debit} atoms and credits of {credit} atoms {code} differ."
        for code, (debit, credit) in totals.items()
        if debit != credit
    ]
    (debit, _), *_ = totals.values()
    evidence = (
        f"debits and credits are {_euros(debit)} each, over {Entry.objects.count():,} entries"
    )
    return Check("The trial balance is zero", evidence, tuple(faults))


def nothing_was_altered(_world: World) -> Check:
    """Everything follows from its inputs, computed again."""
    faults = verify_ledger()
    closed = Period.objects.filter(status=Period.Status.CLOSED).count()
    evidence = f"{Journal.objects.count():,} journals hashed, {closed} closed periods recomputed"
    return Check("verify_ledger finds nothing", evidence, tuple(faults))


def money_is_conserved(_world: World) -> Check:
    """What was reported to have come in is paid, owed, held or kept, to the atom."""
    periods = Period.objects.select_related("contract")
    reported = sum(reported_totals(each, last_intake_file(each))[1] for each in periods)
    stands = _balances()
    granted = _granted_atoms()
    paid = _sum(Payout.objects.filter(status=Payout.Status.PAID), "payable_atoms")
    paid += granted - stands.get(AccountKind.PARTY_ADVANCE, 0)  # less what is not recouped yet
    parts = {
        "paid": paid,
        "owed": _of(stands, AccountKind.PARTY_PAYABLE, AccountKind.PAYOUT_CLEARING),
        "held": _of(stands, *HELD_KINDS),
        "kept": _kept_by_platform()
        + _of(stands, AccountKind.ADMIN_FEE, AccountKind.WITHHOLDING_TAX)
        + _of(stands, AccountKind.PARTY_RESERVE),
    }
    difference = reported - sum(parts.values())
    faults = [f"{difference} atoms are not accounted for."] if difference else []
    told = " + ".join(f"{name} {format_amount(atoms, EURO)}" for name, atoms in parts.items())
    evidence = f"reported {format_amount(reported, EURO)} = {told} {CURRENCY}"
    return Check("What came in is paid, owed, held or kept", evidence, tuple(faults))


def _balances() -> dict[str, int]:
    """Atoms by kind of account, over all contracts."""
    found: dict[str, int] = {}
    for row in trial_balance().rows:
        found[row.account.kind] = found.get(row.account.kind, 0) + row.balance_atoms
    return found


def _of(stands: dict[str, int], *kinds: str) -> int:
    return sum(stands.get(kind, 0) for kind in kinds)


def _kept_by_platform() -> int:
    """Commission and what goes back by contract, whether or not an invoice has set it off."""
    entries = Entry.objects.filter(account__kind__in=KEPT_BY_PLATFORM)
    entries = entries.exclude(journal__kind=JournalKind.INVOICE)
    credit = _sum(entries.filter(side=Side.CREDIT), "amount_atoms")
    return credit - _sum(entries.filter(side=Side.DEBIT), "amount_atoms")


def _granted_atoms() -> int:
    advances = Entry.objects.filter(
        journal__kind=JournalKind.ADVANCE, account__kind=AccountKind.PARTY_ADVANCE
    )
    return _sum(advances, "amount_atoms")


def accounts_go_on_where_they_ended(world: World) -> Check:
    """For each party: opening + what the month brought = closing, which is the next opening."""
    faults = [fault for contract in world.contracts for fault in _broken_chains(contract.pk)]
    count = Statement.objects.count()
    evidence = f"{count:,} statements, each opens where the last one closed, down to the ledger"
    return Check("Every party's account goes on where it ended", evidence, tuple(faults))


def _broken_chains(contract: int) -> Iterator[str]:
    movements = [
        field.name
        for field in Statement._meta.get_fields()
        if field.name.endswith("_atoms") and field.name not in ("opening_atoms", "closing_atoms")
    ]
    closing: dict[int, int] = {}
    statements = Statement.objects.filter(period__contract=contract, version=1)
    last: Period | None = None
    for each in statements.select_related("period__contract").order_by("period__starts_on", "pk"):
        last = each.period
        if each.opening_atoms != closing.get(each.party_id, 0):
            yield f"{each} opens with {each.opening_atoms}, not {closing.get(each.party_id, 0)}."
        moved = sum(getattr(each, name) for name in movements)
        if each.opening_atoms + moved != each.closing_atoms:
            yield f"{each} does not add up to its closing {each.closing_atoms} atoms."
        closing[each.party_id] = each.closing_atoms
    if last is not None:
        booked = payable_balances(last.contract, last.last_day)
        for party in sorted(booked.keys() | closing.keys()):
            if booked.get(party, 0) != closing.get(party, 0):
                yield f"The books owe party {party} {booked.get(party, 0)}, its statement does not."


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
    booked = _sum(found, "payable_atoms")
    came_back = _sum(found.filter(status=Payout.Status.RETURNED), "payable_atoms")
    bank = _received_atoms() - _of(_balances(), AccountKind.BANK) - _granted_atoms()
    faults = []
    if int(ordered * 100 * EURO.atoms_per_minor) != booked:
        faults.append(f"The files order {ordered} {CURRENCY}, the books {_euros(booked)}.")
    if booked - came_back != bank:
        faults.append(f"The bank paid {bank} atoms; {booked - came_back} were to be paid.")
    evidence = (
        f"{PayoutBatch.objects.count()} files order {ordered:,} {CURRENCY}, of which "
        f"{_euros(came_back)} came back"
    )
    return Check("Banks were told what was booked", evidence, tuple(faults))


def _control_sum(path: Path) -> Decimal:
    return Decimal(ET.parse(path).getroot().findtext(".//{*}CtrlSum") or "NaN")  # noqa: S314 our own


def _received_atoms() -> int:
    found = Receipt.objects.all()
    taken_back = _sum(found.filter(is_taken_back=True), "amount_atoms")
    return _sum(found.filter(is_taken_back=False), "amount_atoms") - taken_back


def invoices_are_paid_or_open(_world: World) -> Check:
    """What was invoiced came in or is open, and that is what the books say the platform owes."""
    found = list(invoices_with_open())
    invoiced = sum(-each.gross_atoms if each.is_credit_note else each.gross_atoms for each in found)
    still_open = sum(each.open_atoms for each in found if not each.is_credit_note)
    received, stands = _received_atoms(), _balances()
    credit = stands.get(AccountKind.PLATFORM_CREDIT, 0)
    difference = invoiced - (received + still_open - credit)
    faults = []
    if difference:
        faults.append(f"{difference} atoms of the invoices neither came in nor are open.")
    faults += _wrongly_receivable(found)
    evidence = (
        f"{len(found)} invoices of {_euros(invoiced)}, VAT included; {_euros(received)} came in, "
        f"{_euros(still_open)} are open"
    )
    return Check("What was invoiced came in or is open", evidence, tuple(faults))


def statements_are_proved(world: World) -> Check:
    """Every statement by the stand-alone program, against the roots that were published last."""
    folder = world.folder / "proofs"
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / verifier().name
    program.write_bytes(verifier().content)
    published = sorted(published_roots(world).glob("*.json"))[-1]
    statements = Statement.objects.filter(version=1).select_related("party", "period__contract")

    def fault(path: Path) -> str:
        command = [sys.executable, "-I", "-S", str(program), str(path), str(published)]
        said = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        return "" if said.returncode == 0 else f"{path.name}: {said.stdout}{said.stderr}"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        paths = (_write_proof(folder, each) for each in statements.order_by("period_id", "pk"))
        found = list(pool.map(fault, paths))
    evidence = f"{len(found):,} statements, by {program.name}, each in a process of its own"
    return Check("Every statement is proved", evidence, tuple(filter(None, found)))


def _write_proof(folder: Path, statement: Statement) -> Path:
    path = folder / f"{statement.pk}.json"
    path.write_bytes(statement_proof(statement))
    return path


def roots_are_those_that_were_published(world: World) -> Check:
    """No root has changed since the month in which it was published."""
    lists = sorted(published_roots(world).glob("*.json"))
    faults = [
        fault
        for path in lists
        for fault in differences(ChainedRoot(**root) for root in read(str(path))["roots"])
    ]
    chains = {root.contract for root in roots()}
    evidence = f"{len(roots())} roots in {len(chains)} chains, as {len(lists)} lists had them"
    return Check("Roots are chained, and those that were published", evidence, tuple(faults))


def beancount_agrees(world: World) -> Check:
    """Another program adds up the exported ledger, and finds every balance that ours says."""
    claim = "beancount agrees with every balance"
    program = Path(sys.executable).with_name(BEAN_CHECK)
    path = world.folder / "ledger.beancount"
    with (world.folder / "export.log").open("w", encoding="utf-8") as log:
        call_command("export_ledger", str(path), format="beancount", stdout=log)
    if not program.exists():
        return Check(claim, f"NOT CHECKED: {BEAN_CHECK} is not installed; the extra dev has it")
    said = subprocess.run([program, path], capture_output=True, text=True, check=False)
    text = path.read_text(encoding="utf-8")
    evidence = f"{text.count(' balance ')} balances asserted in {path.name}"
    faults = () if said.returncode == 0 else (said.stdout + said.stderr,)
    return Check(claim, evidence, faults)


def _sum(rows: object, column: str) -> int:
    return int(rows.aggregate(total=Sum(column, default=0))["total"])  # type: ignore[attr-defined]


def _euros(atoms: int) -> str:
    return f"{format_amount(atoms, EURO)} {CURRENCY}"
