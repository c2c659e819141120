"""Where the money of a run goes in the books, and where it went."""

from collections.abc import Mapping

from django.db.models import Q

from royalty.apportionment import LineKind
from royalty.models import AccountKind, Entry, Journal, Period, Side
from royalty.selectors.runs import Books

HELD_OR_RETURNED = {
    LineKind.HELD_UNATTRIBUTED: AccountKind.HELD_UNATTRIBUTED,
    LineKind.HELD_UNCLAIMED: AccountKind.HELD_UNCLAIMED,
    LineKind.HELD_NO_USE: AccountKind.HELD_NO_USE,
    LineKind.HELD_DISPUTED: AccountKind.HELD_DISPUTED,
    LineKind.HELD_UNVERIFIED: AccountKind.HELD_UNVERIFIED,
    LineKind.TO_PLATFORM: AccountKind.PLATFORM_SHARE,
}
# A period's money passes through the one, what was reported late comes from the other.
WHERE_IT_CAME_FROM = (AccountKind.PERIOD_REVENUE, AccountKind.PLATFORM_RECEIVABLE)
# Atoms credited to each account, without zeros: (its kind, the ref of the party it is owed to).
Target = tuple[str, str]
Credits = Mapping[Target, int]


def credits_of(books: Books) -> Credits:
    """Where a run's money goes, in atoms; sums to the gross and what is owed on top of it."""
    by_kind = books.allocation.by_kind()
    credits: dict[Target, int] = {(AccountKind.COMMISSION.value, ""): books.run.commission_atoms}
    for kind, account in HELD_OR_RETURNED.items():
        credits[account.value, ""] = by_kind[kind]
    owed = books.allocation.by_party().tolist()
    for ref, atoms in zip(books.snapshot.party_ids, owed, strict=True):
        credits[AccountKind.PARTY_PAYABLE.value, ref] = atoms
    return {target: atoms for target, atoms in credits.items() if atoms}


def posted_credits(period: Period) -> Credits:
    """Where the books say that a period's gross went, restatements included."""
    entries = (
        Entry.objects.filter(
            Q(journal__idempotency_key=allocation_key(period))
            | Q(journal__restatement__period=period)
        )
        .exclude(account__kind__in=WHERE_IT_CAME_FROM)
        .values_list("account__kind", "account__party__ref", "side", "amount_atoms")
    )
    credits: dict[Target, int] = {}
    for kind, ref, side, amount_atoms in entries.iterator():
        signed = amount_atoms if side == Side.CREDIT else -amount_atoms
        credits[kind, ref or ""] = credits.get((kind, ref or ""), 0) + signed
    return {target: atoms for target, atoms in credits.items() if atoms}


def allocation_key(period: Period) -> str:
    """The idempotency key of a period's allocation."""
    return f"period:{period.pk}:allocation"


def allocation_journal(period: Period) -> Journal | None:
    """The journal that first posted where a closed period's money went: its allocation, or where it
    had no revenue then, the restatement that brought some; none if there never was any."""
    allocated = Journal.objects.filter(idempotency_key=allocation_key(period)).first()
    restated = Journal.objects.filter(restatement__period=period)
    return allocated or restated.order_by("restatement__pk").first()
