"""What a general ledger consists of, however it is written down."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from royalty.documents.amounts import Scale


class LedgerError(Exception):
    """A ledger that does not add up; the message says where."""


@dataclass(frozen=True, eq=False)
class LedgerAccount:
    """An account with its name in exports, and what it must come to.

    `balance_atoms` is debits less credits over all entries, found independently of them.
    """

    number: int
    name: str  # see names.py
    kind: str
    contract: str
    party_ref: str
    party_name: str
    scale: Scale
    opened_on: date  # the day of its first entry
    balance_atoms: int


@dataclass(frozen=True, eq=False)
class LedgerJournal:
    """An event in the books; `reverses` and `corrects` are ids of earlier ones, or empty."""

    id: str
    key: str
    kind: str
    posted_on: date
    recorded_at: datetime
    period: str
    memo: str
    reverses: str
    corrects: str
    posted_by: str  # whoever posted it by hand
    sha256: str


@dataclass(frozen=True)
class LedgerEntry:
    """An amount on one side of one account; entries of a journal share its object."""

    number: int
    journal: LedgerJournal
    account: LedgerAccount
    is_debit: bool
    amount_atoms: int

    @property
    def signed_atoms(self) -> int:
        """Debits are positive."""
        return self.amount_atoms if self.is_debit else -self.amount_atoms


@dataclass(frozen=True)
class GeneralLedger:
    """Everything booked until the end of a day: accounts, and entries journal by journal."""

    until: date
    accounts: tuple[LedgerAccount, ...]
    entries: Iterable[LedgerEntry]

    def added_up(self) -> Iterator[LedgerEntry]:
        """The entries, added up on the way.

        Raises:
            LedgerError: after the last one, if an account's entries do not come to its balance.
        """
        sums = {account.number: 0 for account in self.accounts}
        for entry in self.entries:
            sums[entry.account.number] += entry.signed_atoms
            yield entry
        for account in self.accounts:
            if sums[account.number] != account.balance_atoms:
                raise LedgerError(
                    f"The entries of {account.name} come to {sums[account.number]} atoms and its "
                    f"balance to {account.balance_atoms}: something was posted meanwhile. "
                    "Export again; if it stays, run verify_ledger."
                )
