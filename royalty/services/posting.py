"""From a run to the journals that put it in the books."""

from catalog.models import Party
from royalty.models import AccountKind, AllocationRun, Contract, JournalKind, Leg, Side
from royalty.selectors.credits import Credits, allocation_key, credits_of
from royalty.selectors.runs import Books
from royalty.services import ledger
from royalty.services.ledger import Draft


def post_run(books: Books) -> None:
    """Post what the platform owes for the period, and to whom it belongs.

    What it owes on top, to reach the contract's guarantee, is an entry of its own.

    Raises:
        LedgerError: the books refuse it.
    """
    run, period = books.run, books.run.period
    owed = [atoms for atoms in (run.gross_atoms, run.guarantee_atoms) if atoms]
    if not owed:
        return
    revenue = ledger.account(period.contract, AccountKind.PERIOD_REVENUE)
    receivable = ledger.account(period.contract, AccountKind.PLATFORM_RECEIVABLE)
    ledger.post(
        Draft(
            key=f"period:{period.pk}:revenue",
            kind=JournalKind.REVENUE,
            period=period,
            posted_on=period.last_day,
            legs=(
                *(ledger.leg(receivable, Side.DEBIT, atoms) for atoms in owed),
                *(ledger.leg(revenue, Side.CREDIT, atoms) for atoms in owed),
            ),
            memo=f"revenue of {period}{_topped_up(run)}",
        )
    )
    ledger.post(
        Draft(
            key=allocation_key(period),
            kind=JournalKind.ALLOCATION,
            period=period,
            posted_on=period.last_day,
            legs=(
                ledger.leg(revenue, Side.DEBIT, sum(owed)),
                *credit_legs(period.contract, credits_of(books)),
            ),
            memo=f"allocation of {period}, snapshot {run.snapshot_sha256}",
        )
    )


def _topped_up(run: AllocationRun) -> str:
    """What of the revenue is owed on top, for the memo."""
    if not run.guarantee_atoms:
        return ""
    contract = run.period.contract
    added = contract.money.format_atoms(run.guarantee_atoms)
    return f", {added} {contract.currency} of it on top to reach the guarantee"


def credit_legs(contract: Contract, credits: Credits) -> tuple[Leg, ...]:
    """Legs for credits (debits where negative), opening the accounts that are new."""
    refs = [ref for _, ref in credits if ref]
    parties = {party.ref: party for party in Party.objects.filter(ref__in=refs)}
    payable = ledger.payable_accounts(contract, parties.values())
    return tuple(
        ledger.signed_leg(
            payable[parties[ref].pk] if ref else ledger.account(contract, AccountKind(kind)), atoms
        )
        for (kind, ref), atoms in credits.items()
    )
