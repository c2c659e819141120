"""Taking the bank's file in: every entry once, booked, and matched where that is certain.

A file is taken whole or not at all. Credits become receipts; a debit that reverses one takes it
back. Other debits are the house's own payments: where they name a payout, they say that it was
paid, and a credit that names one says that it came back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from common.hashing import sha256_bytes
from common.money import MoneyError
from royalty.documents.camt import BankEntry, Transaction, read_bank_file
from royalty.models import (
    AccountKind,
    BankFile,
    BillingDetails,
    Contract,
    JournalKind,
    PayingAccount,
    Receipt,
    Side,
)
from royalty.selectors.receivables import could_be_taken_back, open_atoms, rest_atoms
from royalty.services.receivables.booking import (
    home_contract,
    lock_contracts,
    one_at_a_time,
    post,
)
from royalty.services.receivables.errors import ReceivableError
from royalty.services.receivables.finding import Found, find_invoices
from royalty.services.receivables.matches import By, keep_as_credit, match_receipt, take_back
from royalty.services.receivables.own_payments import Followed, follow_payment, payout_of

NAME_LENGTH, REMITTANCE_LENGTH = 200, 1_000


@dataclass(frozen=True)
class TakenLine:
    """One payment of a file: it became a receipt, or was about a payment of the house's own."""

    told: Transaction
    receipt: Receipt | None = None
    followed: Followed | None = None


@dataclass
class Taken:
    """What came of a file, entry by entry; of entries that were known before nothing came.

    `accounts` are the house's own that it is about, by IBAN and currency.
    """

    bank_file: BankFile
    was_taken_before: bool = False
    entries: tuple[BankEntry, ...] = ()
    known: frozenset[str] = frozenset()  # keys of entries that another file told of already
    accounts: Mapping[tuple[str, str], PayingAccount] = field(default_factory=dict)
    lines: list[TakenLine] = field(default_factory=list)

    @property
    def fresh(self) -> list[BankEntry]:
        """The entries that no earlier file had."""
        return [entry for entry in self.entries if entry.key not in self.known]

    @property
    def known_count(self) -> int:
        return len(self.entries) - len(self.fresh)

    @property
    def receipts(self) -> list[Receipt]:
        return [line.receipt for line in self.lines if line.receipt is not None]

    @property
    def payments(self) -> list[str]:
        """What it says of the house's own payments."""
        return [line.followed.sentence for line in self.lines if line.followed is not None]


@transaction.atomic
def take_bank_file(*, content: bytes, name: str, user: User, as_of: datetime) -> Taken:
    """Take a camt.053 or camt.054 file; the same file again changes nothing.

    Raises:
        BankFileError: it cannot be read or does not add up.
        ReceivableError: it is about an account that is not ours, its message id came with another
            content, or no period is open to post in. Nothing is taken then.
        LedgerError: the books refuse it.
    """
    taken = begin(content=content, name=name, user=user, as_of=as_of)
    for entry in taken.fresh:
        taken.lines += take_entry(entry, taken, user)
    return taken


def begin(*, content: bytes, name: str, user: User, as_of: datetime) -> Taken:
    """The file itself, noted as taken, and nothing of its entries yet; inside a transaction.

    Raises:
        BankFileError, ReceivableError: as of `take_bank_file`.
    """
    one_at_a_time()
    sha256 = sha256_bytes(content)
    same = BankFile.objects.filter(sha256=sha256).first()
    if same is not None:
        return Taken(same, was_taken_before=True)
    read = read_bank_file(content)
    other = BankFile.objects.filter(kind=read.kind, message_id=read.message_id).first()
    if other is not None:
        raise ReceivableError(
            _(
                "%(file)s was taken on %(day)s with another content; a bank never uses a message "
                "id twice. Ask it which file is right."
            )
            % {"file": other, "day": other.taken_at.date()}
        )
    accounts = _accounts(read.entries)
    for code in sorted({account.currency for account in accounts.values()}):
        lock_contracts(code)
    known = _known(read.entries)
    fresh_count = sum(entry.key not in known for entry in read.entries)
    bank_file = BankFile.objects.create(
        message_id=read.message_id,
        sha256=sha256,
        kind=read.kind,
        name=name[-NAME_LENGTH:],
        entry_count=len(read.entries),
        new_count=fresh_count,
        taken_by=user,
        taken_at=as_of,
    )
    return Taken(bank_file, entries=read.entries, known=known, accounts=accounts)


def _accounts(entries: tuple[BankEntry, ...]) -> Mapping[tuple[str, str], PayingAccount]:
    """The house's own accounts that a file is about."""
    wanted = {(entry.account, entry.currency) for entry in entries}
    rows = PayingAccount.objects.filter(iban__in={iban for iban, _ in wanted}).order_by("pk")
    ours = {(row.iban, row.currency): row for row in rows}
    for iban, code in sorted(wanted - ours.keys()):
        raise ReceivableError(
            _(
                "The file is about %(iban)s in %(currency)s, which is no account of the house; "
                "enter it as an account that payouts are paid from, or ask the bank whose file "
                "this is."
            )
            % {"iban": iban, "currency": code}
        )
    return ours


def _known(entries: tuple[BankEntry, ...]) -> frozenset[str]:
    """The keys of entries that became receipts before."""
    keys = {entry.key for entry in entries}
    found = Receipt.objects.filter(entry_key__in=keys)
    return frozenset(found.values_list("entry_key", flat=True))


def take_entry(entry: BankEntry, taken: Taken, user: User) -> list[TakenLine]:
    """Book the money that an entry brought or took back, and follow the house's own payments.

    Raises:
        ReceivableError: another entry of the file has the same reference, or no period is open.
        LedgerError: the books refuse it.
    """
    if _known((entry,)):
        raise ReceivableError(
            _(
                "The entry of %(day)s over %(amount)s %(currency)s has the bank's reference of an "
                "earlier one in the same file; ask the bank which of them is right."
            )
            % {"day": entry.booked_on, "amount": f"{entry.amount:f}", "currency": entry.currency}
        )
    account = taken.accounts[entry.account, entry.currency]
    lines = []
    is_own_payment = entry.is_credit == entry.is_reversal
    for position, told in enumerate(entry.transactions):
        if is_own_payment or (entry.is_credit and payout_of(told.end_to_end_id) is not None):
            lines.append(TakenLine(told, followed=follow_payment(entry, told, user)))
            continue
        receipt = _receipt(entry, told, position, account, taken.bank_file)
        _book(receipt, user)
        lines.append(TakenLine(told, receipt))
        if not receipt.is_taken_back:
            found = find_invoices(receipt, told.references, receipt.booked_on)
            if found is not None:
                _settle(receipt, found, user)
        elif (original := _taken_back(receipt)) is not None:
            by = By(user, receipt.booked_on, gettext_noop("the bank's reversal"))
            take_back(receipt=original, taken=receipt, by=by)
    return lines


def _receipt(
    entry: BankEntry, told: Transaction, position: int, account: PayingAccount, file: BankFile
) -> Receipt:
    money = account.money
    try:
        amount_atoms = money.parse_atoms(f"{told.amount.normalize():f}")
    except MoneyError as error:
        raise ReceivableError(
            _("An entry of %(day)s: %(error)s.") % {"day": entry.booked_on, "error": error}
        ) from error
    receipt = Receipt(
        bank_file=file,
        account=account,
        entry_key=entry.key,
        position=position,
        is_taken_back=not entry.is_credit,
        booked_on=entry.booked_on,
        amount_atoms=amount_atoms,
        currency=money.code,
        payer_name=told.payer_name,
        payer_iban=told.payer_iban,
        end_to_end_id=told.end_to_end_id,
        remittance=" ".join([*told.references, told.remittance])[:REMITTANCE_LENGTH].strip(),
    )
    original = _taken_back(receipt) if receipt.is_taken_back else None
    receipt.contract = original.contract if original is not None else _home(receipt)
    receipt.save(force_insert=True)
    return receipt


def _home(receipt: Receipt) -> Contract:
    """Where a receipt is booked: under a contract of its payer, if that is known by its account."""
    payer = BillingDetails.objects.filter(iban=receipt.payer_iban, platform__isnull=False)
    known = payer.order_by("-pk").first() if receipt.payer_iban else None
    return home_contract(
        receipt.currency, receipt.booked_on, None if known is None else known.platform_id
    )


def _book(receipt: Receipt, user: User) -> None:
    """What came in, or was taken back, before anybody knows what it is for."""
    sides = (Side.CREDIT, Side.DEBIT) if receipt.is_taken_back else (Side.DEBIT, Side.CREDIT)
    bank, unmatched = sides
    post(
        receipt.contract,
        kind=JournalKind.RECEIPT,
        key=f"receipt:{receipt.pk}",
        day=receipt.booked_on,
        amounts=(
            (AccountKind.BANK, bank, receipt.amount_atoms),
            (AccountKind.UNMATCHED_RECEIPTS, unmatched, receipt.amount_atoms),
        ),
        memo=f"{receipt.bank_file}, booked on {receipt.booked_on}",
        user=user,
    )


def _settle(receipt: Receipt, found: Found, user: User) -> None:
    """Pay the invoices that a receipt is for; what it brought beyond is the platform's credit."""
    by = By(user, receipt.booked_on, found.found_by)
    for invoice in found.invoices:
        if rest_atoms(receipt) and open_atoms(invoice):
            match_receipt(receipt=receipt, invoice=invoice, by=by)
    if rest_atoms(receipt):
        keep_as_credit(receipt=receipt, contract=found.invoices[0].contract, by=by)


def _taken_back(taken: Receipt) -> Receipt | None:
    """The receipt that the bank takes back, where only one can be meant."""
    same = could_be_taken_back(taken)
    named = same.filter(end_to_end_id=taken.end_to_end_id) if taken.end_to_end_id else same.none()
    payer = same.filter(payer_iban=taken.payer_iban) if taken.payer_iban else same.none()
    for found in (list(named[:2]), list(payer[:2])):
        if len(found) == 1:
            return found[0]
    return None
