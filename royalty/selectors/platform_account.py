"""A platform's account under a contract over a period: what it owed, what moved, what it owes.

What it owes is what stands on four accounts together: what is owed by the platform, less its
commission, what is returned to it by contract, and its credit. An invoice sets the second and third
off against the first, which changes nothing of the sum, but for the VAT that it adds.

Held money is told beside it: it is owed like all of the pool, only not yet to somebody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db import connection
from django.db.models import QuerySet

from royalty.models import AccountKind, Entry, JournalKind, Period
from royalty.selectors.held import HELD_KINDS

OWED_KINDS = (
    AccountKind.PLATFORM_RECEIVABLE,
    AccountKind.COMMISSION,
    AccountKind.PLATFORM_SHARE,
    AccountKind.PLATFORM_CREDIT,
)
# Debits less credits, by whether they are of an earlier period, by account and by why.
MOVED = """
SELECT period.starts_on < %(starts_on)s, account.kind,
       coalesce(reversed.kind, journal.kind),
       sum(CASE entry.side WHEN 'debit' THEN amount_atoms ELSE -amount_atoms END)::bigint
  FROM royalty_entry entry
  JOIN royalty_account account ON account.id = entry.account_id
  JOIN royalty_journal journal ON journal.id = entry.journal_id
  JOIN royalty_period period ON period.id = journal.period_id
  LEFT JOIN royalty_journal reversed ON reversed.id = journal.reverses_id
 WHERE account.contract_id = %(contract)s AND account.kind = ANY (%(kinds)s)
   AND period.starts_on <= %(starts_on)s
 GROUP BY 1, 2, 3
"""
Moved = tuple[bool, str, str, int]


class Move(StrEnum):
    """Why what a platform owes became more or, negative, less."""

    REVENUE = "revenue"
    COMMISSION = "commission"
    RETURNED = "returned"
    CORRECTION = "correction"
    RELEASE = "release"
    VAT = "vat"
    PAYMENT = "payment"


_BY_JOURNAL = {
    JournalKind.RESTATEMENT: Move.CORRECTION,
    JournalKind.RELEASE: Move.RELEASE,
    JournalKind.INVOICE: Move.VAT,
    JournalKind.RECEIPT: Move.PAYMENT,
}
_BY_ACCOUNT = {
    AccountKind.COMMISSION: Move.COMMISSION,
    AccountKind.PLATFORM_SHARE: Move.RETURNED,
}


@dataclass(frozen=True)
class Balance:
    """One kind of held money, in atoms, before the period and after it."""

    kind: AccountKind
    opening_atoms: int
    closing_atoms: int


@dataclass(frozen=True)
class PlatformAccount:
    """What a platform owes under a contract, in atoms; negative: what it is owed."""

    opening_atoms: int
    moves: tuple[tuple[Move, int], ...]  # one of each kind, without zeros
    held: tuple[Balance, ...]

    @property
    def closing_atoms(self) -> int:
        return self.opening_atoms + sum(atoms for _, atoms in self.moves)


def platform_account(period: Period) -> PlatformAccount:
    """The account over a period: by the journals that were posted in it, and in those before."""
    rows = _moved(period)
    owed = [row for row in rows if row[1] in OWED_KINDS]
    sums = dict.fromkeys(Move, 0)
    for is_before, account, journal, atoms in owed:
        if not is_before:
            sums[_why(account, journal)] += atoms
    return PlatformAccount(
        opening_atoms=sum(atoms for is_before, _, _, atoms in owed if is_before),
        moves=tuple((move, atoms) for move, atoms in sums.items() if atoms),
        held=tuple(_held(rows)),
    )


def entries_of(period: Period) -> QuerySet[Entry]:
    """What was booked in a period on accounts that name no party."""
    own = Entry.objects.filter(journal__period=period, account__party__isnull=True)
    return own.select_related("account", "journal")


def _moved(period: Period) -> list[Moved]:
    values: dict[str, int | date | list[str]] = {
        "contract": period.contract_id,
        "starts_on": period.starts_on,
        "kinds": [kind.value for kind in (*OWED_KINDS, *HELD_KINDS)],
    }
    with connection.cursor() as cursor:
        cursor.execute(MOVED, values)
        rows: list[Moved] = cursor.fetchall()
        return rows


def _why(account: str, journal: str) -> Move:
    """A reversal counts as what it reverses."""
    by_journal = _BY_JOURNAL.get(JournalKind(journal))
    return by_journal or _BY_ACCOUNT.get(AccountKind(account), Move.REVENUE)


def _held(rows: Iterable[Moved]) -> Iterable[Balance]:
    """Each kind of held money of which there was or is any, as credits."""
    for kind in HELD_KINDS:
        own = [(is_before, -atoms) for is_before, account, _, atoms in rows if account == kind]
        opening = sum(atoms for is_before, atoms in own if is_before)
        closing = sum(atoms for _, atoms in own)
        if opening or closing:
            yield Balance(kind, opening, closing)
