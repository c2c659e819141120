"""What a check says, and what checks share: sums of columns and balances of accounts."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum

from royalty.models import AccountKind, Entry, JournalKind
from royalty.selectors.ledger import trial_balance


@dataclass(frozen=True)
class Check:
    """A claim about the year's books, what speaks for it, and what speaks against it."""

    claim: str
    evidence: str
    faults: tuple[str, ...] = ()


def total(rows: QuerySet[Any], column: str) -> int:
    """The sum of a column."""
    return int(rows.aggregate(total=Sum(column, default=0))["total"])


def balances() -> dict[str, int]:
    """Atoms by kind of account, over all contracts."""
    found: dict[str, int] = {}
    for row in trial_balance().rows:
        found[row.account.kind] = found.get(row.account.kind, 0) + row.balance_atoms
    return found


def of(stands: dict[str, int], *kinds: str) -> int:
    """What accounts of some kinds hold together."""
    return sum(stands.get(kind, 0) for kind in kinds)


def granted_atoms() -> int:
    """All advances that were paid."""
    advances = Entry.objects.filter(
        journal__kind=JournalKind.ADVANCE, account__kind=AccountKind.PARTY_ADVANCE
    )
    return total(advances, "amount_atoms")
