"""What a period's payouts did to a payee's account, step by step: fee, reserve, advance, tax, paid.

A payee may ask for its own: parts of its payouts and their journals are shown to it.
"""

from collections.abc import Iterable, Iterator

from royalty.documents import Change
from royalty.models import Journal, PayoutPart, Statement

DEDUCTED = (
    ("fee_atoms", "Fee for administration"),
    ("reserve_atoms", "Kept in reserve"),
    ("recoupment_atoms", "Recouped advance"),
    ("withholding_atoms", "Tax withheld"),
)
RETURNED = ":returned"  # how the key of a journal ends that undoes a payout


def settlements_of(statement: Statement) -> tuple[Change, ...]:
    """The steps; they sum to what the statement says was settled, or stand as that one sum."""
    parts = PayoutPart.objects.filter(
        payout__party=statement.party_id, contract=statement.period.contract_id
    )
    by_key = {f"payout:{part.payout_id}:{part.contract_id}": part for part in parts}
    keys = [*by_key, *(key + RETURNED for key in by_key)]
    booked = Journal.objects.filter(period=statement.period_id, idempotency_key__in=keys)
    steps: list[Change] = []
    for key in booked.order_by("created_at", "pk").values_list("idempotency_key", flat=True):
        steps += _steps(by_key[key.removesuffix(RETURNED)], came_back=key.endswith(RETURNED))
    together = tuple(_summed(steps))
    if sum(step.atoms for step in together) != statement.settled_atoms:
        return (_step("Paid out, with what was kept back", statement.settled_atoms),)
    return together


def _steps(part: PayoutPart, *, came_back: bool) -> Iterator[Change]:
    """What a part took off the account, or brought back."""
    sign, prefix = (1, "Came back: ") if came_back else (-1, "")
    kept_atoms = 0
    for field, label in DEDUCTED:
        atoms: int = getattr(part, field)
        kept_atoms += atoms
        yield _step(prefix + label, sign * atoms)
    yield _step(prefix + "Reserve that was due", -sign * part.released_atoms)
    paid_atoms = part.gross_atoms + part.released_atoms - kept_atoms
    yield _step(prefix + "Paid out", sign * paid_atoms)


def _step(label: str, atoms: int) -> Change:
    return Change(label, atoms, is_settlement=True)


def _summed(steps: Iterable[Change]) -> Iterator[Change]:
    """One step of each label, in the order in which labels first came, without zeros."""
    sums: dict[str, int] = {}
    for step in steps:
        sums[step.label] = sums.get(step.label, 0) + step.atoms
    return (_step(label, atoms) for label, atoms in sums.items() if atoms)
