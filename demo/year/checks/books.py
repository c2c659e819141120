"""Do the books agree with themselves, and with what was reported?"""

from collections.abc import Iterator

from demo.payees import CURRENCY, EURO, euros
from demo.year.checks.check import Check, balances, granted_atoms, of, total
from demo.year.world import World
from royalty.documents import format_amount
from royalty.models import AccountKind, Entry, Journal, JournalKind, Payout, Period, Side, Statement
from royalty.selectors.facts import last_intake_file, reported_totals
from royalty.selectors.held import HELD_KINDS
from royalty.selectors.ledger import payable_balances, trial_balance
from royalty.selectors.verification import verify_ledger

KEPT_BY_PLATFORM = (AccountKind.COMMISSION, AccountKind.PLATFORM_SHARE)


def trial_balance_is_zero(_world: World) -> Check:
    """Debits and credits of the whole year have the same sum."""
    totals = trial_balance().totals_atoms()
    faults = [
        f"Debits of {debit} atoms and credits of {credit} atoms {code} differ."
        for code, (debit, credit) in totals.items()
        if debit != credit
    ]
    (debit, _), *_ = totals.values()
    evidence = f"debits and credits are {euros(debit)} each, over {Entry.objects.count():,} entries"
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
    stands = balances()
    granted = granted_atoms()
    paid = total(Payout.objects.filter(status=Payout.Status.PAID), "payable_atoms")
    paid += granted - stands.get(AccountKind.PARTY_ADVANCE, 0)  # less what is not recouped yet
    parts = {
        "paid": paid,
        "owed": of(stands, AccountKind.PARTY_PAYABLE, AccountKind.PAYOUT_CLEARING),
        "held": of(stands, *HELD_KINDS),
        "kept": _kept_by_platform()
        + of(stands, AccountKind.ADMIN_FEE, AccountKind.WITHHOLDING_TAX)
        + of(stands, AccountKind.PARTY_RESERVE),
    }
    difference = reported - sum(parts.values())
    faults = [f"{difference} atoms are not accounted for."] if difference else []
    told = " + ".join(f"{name} {format_amount(atoms, EURO)}" for name, atoms in parts.items())
    evidence = f"reported {format_amount(reported, EURO)} = {told} {CURRENCY}"
    return Check("What came in is paid, owed, held or kept", evidence, tuple(faults))


def _kept_by_platform() -> int:
    """Commission and what goes back by contract, whether or not an invoice has set it off."""
    entries = Entry.objects.filter(account__kind__in=KEPT_BY_PLATFORM)
    entries = entries.exclude(journal__kind=JournalKind.INVOICE)
    credit = total(entries.filter(side=Side.CREDIT), "amount_atoms")
    return credit - total(entries.filter(side=Side.DEBIT), "amount_atoms")


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
