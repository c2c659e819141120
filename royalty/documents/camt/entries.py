"""What a bank's file says, in a form that knows no XML."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from royalty.documents.refusals import Refusal

Kind = Literal["camt.053", "camt.054"]


class BankFileError(Refusal):
    """A file that is no usable statement or notification; the message says where and why."""


@dataclass(frozen=True)
class Transaction:
    """One payment within an entry. Texts are empty where the bank said nothing."""

    amount: Decimal
    payer_name: str
    payer_iban: str
    end_to_end_id: str
    references: tuple[str, ...]  # structured creditor references
    remittance: str
    returned_because: str  # the bank's code and words, if it came back


@dataclass(frozen=True)
class BankEntry:
    """A booked entry on an account.

    `key` is the same in whichever file tells of the entry: a hash of the account and the bank's own
    reference, or of all that the entry says where it has none. A reversal undoes an entry of the
    other direction: a debit that is one takes back a credit.
    """

    key: str
    account: str  # IBAN
    currency: str
    booked_on: date
    is_credit: bool
    is_reversal: bool
    transactions: tuple[Transaction, ...]

    @property
    def amount(self) -> Decimal:
        return sum((each.amount for each in self.transactions), Decimal(0))


@dataclass(frozen=True)
class BankFile:
    """A camt.053 statement or camt.054 notification: the entries that are booked."""

    kind: Kind
    message_id: str
    entries: tuple[BankEntry, ...]
