"""What a bank file would do, line by line, before anybody takes it.

The file is taken as it would be, entry by entry, and everything is rolled back: what is shown is
what the books would do, also where one line settles what another one names. What one entry is
refused for does not hide the others; taken is a file whole or not at all.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.money import MoneyError, currency
from royalty.documents.camt import BankEntry, Transaction
from royalty.models import Match, Receipt
from royalty.selectors.receivables import effective, rest_atoms
from royalty.services.ledger import LedgerError
from royalty.services.receivables.errors import ReceivableError
from royalty.services.receivables.receipts import Taken, TakenLine, begin, take_entry


class Fate(StrEnum):
    """What would become of a line."""

    MATCHED = "matched"
    OPEN = "open"  # waits for a person, with all of it or a part
    TAKEN_BACK = "taken back"
    OWN = "own payment"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True)
class PreviewLine:
    """One payment of a bank file; its amount is negative where money left the account.

    No amount is told where it is finer than its currency, for which the line is refused.
    """

    booked_on: date
    amount_atoms: int | None
    currency: str
    payer_name: str
    remittance: str
    fate: Fate
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """All lines of a file, in its order; it can be taken if none of them is refused."""

    was_taken_before: bool
    lines: tuple[PreviewLine, ...]

    @property
    def is_takeable(self) -> bool:
        return not self.was_taken_before and all(each.fate != Fate.REFUSED for each in self.lines)


def preview_bank_file(*, content: bytes, name: str, user: User, as_of: datetime) -> Preview:
    """What taking a file would do; nothing is kept of it.

    Raises:
        BankFileError, ReceivableError: the file as a whole cannot be taken, as of `take_bank_file`.
    """
    with transaction.atomic():
        taken = begin(content=content, name=name, user=user, as_of=as_of)
        lines = [line for entry in taken.entries for line in _lines(entry, taken, user)]
        transaction.set_rollback(True)
    return Preview(taken.was_taken_before, tuple(lines))


def _lines(entry: BankEntry, taken: Taken, user: User) -> list[PreviewLine]:
    if entry.key in taken.known:
        words = (_("An earlier file told of it; it is not booked again."),)
        return [_line(entry, told, Fate.KNOWN, words) for told in entry.transactions]
    try:
        with transaction.atomic():
            done = take_entry(entry, taken, user)
    except (ReceivableError, LedgerError) as error:
        return [_line(entry, told, Fate.REFUSED, (str(error),)) for told in entry.transactions]
    return [_line(entry, each.told, *_came_of(each)) for each in done]


def _line(
    entry: BankEntry, told: Transaction, fate: Fate, sentences: tuple[str, ...]
) -> PreviewLine:
    return PreviewLine(
        entry.booked_on,
        _signed_atoms(entry, told),
        entry.currency,
        told.payer_name,
        " ".join([*told.references, told.remittance]).strip(),
        fate,
        sentences,
    )


def _signed_atoms(entry: BankEntry, told: Transaction) -> int | None:
    try:
        atoms = currency(entry.currency).parse_atoms(f"{told.amount.normalize():f}")
    except MoneyError:
        return None
    return atoms if entry.is_credit else -atoms


def _came_of(line: TakenLine) -> tuple[Fate, tuple[str, ...]]:
    if line.receipt is None:
        return Fate.OWN, (line.followed.sentence if line.followed else "",)
    if line.receipt.is_taken_back:
        return _of_return(line.receipt)
    matches = effective(line.receipt.matches.select_related("invoice", "contract"))
    found = [_of_match(match, line.receipt) for match in matches.order_by("pk")]
    rest = rest_atoms(line.receipt)
    if rest:
        words = _("%(amount)s %(currency)s wait for a person to say what they are for.")
        found.append(words % _amount(line.receipt, rest))
    return Fate.OPEN if rest else Fate.MATCHED, tuple(found)


def _of_return(taken: Receipt) -> tuple[Fate, tuple[str, ...]]:
    """What the bank takes back: a receipt, or one that a person has to name."""
    by = effective(Match.objects.filter(taken_back_by=taken)).select_related("receipt").first()
    if by is None or by.receipt is None:
        return Fate.OPEN, (_("Which receipt the bank takes back, a person has to say."),)
    words = _("It takes back receipt %(receipt)s of %(day)s; what that paid is open again.")
    return Fate.TAKEN_BACK, (words % {"receipt": by.receipt.pk, "day": by.receipt.booked_on},)


def _of_match(match: Match, receipt: Receipt) -> str:
    amount = _amount(receipt, match.amount_atoms)
    if match.invoice is not None:
        words = _("%(amount)s %(currency)s pay %(invoice)s, found by: %(found_by)s.")
        named = {"invoice": str(match.invoice), "found_by": _(match.found_by)}
        return words % (amount | named)
    words = _("%(amount)s %(currency)s are kept as a credit under %(contract)s.")
    return words % (amount | {"contract": str(match.contract)})


def _amount(receipt: Receipt, atoms: int) -> dict[str, str]:
    return {"amount": receipt.money.format_atoms(atoms), "currency": receipt.currency}
