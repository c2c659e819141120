"""Whether statements say what the books and the runs say, and whether everybody got one."""

from collections.abc import Iterator
from datetime import timedelta

from royalty.apportionment import LineKind, SnapshotError
from royalty.models import AllocationRun, Period, Statement
from royalty.selectors.ledger import payable_balances, payable_movements
from royalty.selectors.runs import books_of

Earned = dict[str, tuple[int, int]]  # by a party's ref: (attributed atoms, all atoms)


def wrong_statements(period: Period) -> Iterator[str]:
    """Statements of a closed period with other balances than the ledger or other earnings than
    their run, and parties whose account moved and who were told nothing."""
    opening = payable_balances(period.contract, period.starts_on - timedelta(days=1))
    closing = payable_balances(period.contract, period.last_day)
    untold = set(payable_movements(period))
    earned: dict[AllocationRun, Earned] = {}
    statements = Statement.objects.filter(period=period).order_by("pk")
    for statement in statements.select_related("party", "run__period__contract").iterator():
        untold.discard(statement.party_id)
        said = (statement.opening_atoms, statement.closing_atoms)
        booked = (opening.get(statement.party_id, 0), closing.get(statement.party_id, 0))
        if said != booked:
            yield (
                f"Statement {statement.pk} says {said[0]} to {said[1]} atoms, the books say "
                f"{booked[0]} to {booked[1]}."
            )
        run = statement.run
        if run not in earned:
            earned[run] = _earned(run)
        yield from _wrong_earnings(statement, earned[run])
    for party in sorted(untold):
        yield f"{period}: the account of party {party} moved, and there is no statement of it."


def _wrong_earnings(statement: Statement, earned: Earned) -> Iterator[str]:
    attributed, together = earned.get(statement.party.ref, (0, 0))
    said = (statement.attributed_atoms, statement.earned_atoms)
    if earned and said != (attributed, together):
        yield (
            f"Statement {statement.pk} says that {said[0]} of {said[1]} atoms earned are "
            f"attributed; {attributed} of {together} follow from its run."
        )


def _earned(run: AllocationRun) -> Earned:
    """What a run's lines give each party; nothing where they cannot be derived any more, which is
    told where the period's run is checked."""
    try:
        books = books_of(run)
    except SnapshotError:
        return {}
    attributed = books.party_sums(LineKind.ATTRIBUTED)
    together = books.allocation.by_party().tolist()
    return {
        ref: (attributed[ref], atoms)
        for ref, atoms in zip(books.snapshot.party_ids, together, strict=True)
    }
