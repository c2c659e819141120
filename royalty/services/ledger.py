"""The only writer of accounts, journals and entries.

It builds journals and hands them to the database, whose triggers decide (see
`royalty.models.ledger`); their refusals come back as `LedgerError` with the database's sentence.
It reads no clock: journals are dated by the caller.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from psycopg import Error

from accounts.models import User
from catalog.models import Party
from royalty.models import (
    Account,
    AccountKind,
    Contract,
    Entry,
    Journal,
    JournalKind,
    Leg,
    Period,
    Side,
)

LARGEST_ATOMS = 2**63 - 1
# One statement however many legs there are; COPY is refused under row-level security.
INSERT_ENTRIES = """
    INSERT INTO royalty_entry (journal_id, account_id, side, amount_atoms, currency)
    SELECT %s, leg.* FROM unnest(%s::bigint[], %s::varchar[], %s::bigint[], %s::varchar[]) AS leg
"""


class LedgerError(Exception):
    """A journal that the books refuse; the message is for whoever wanted to post it."""


class KeyReusedError(LedgerError):
    """The idempotency key belongs to another content."""


@dataclass(frozen=True)
class Draft:
    """A journal to be posted: its key, its reason, its day, and its legs."""

    key: str
    kind: JournalKind
    period: Period
    posted_on: date
    legs: tuple[Leg, ...]
    memo: str = ""
    reverses: Journal | None = None
    corrects: Journal | None = None
    posted_by: User | None = None

    def journal(self) -> Journal:
        """The row to be written, with the hash of its content."""
        journal = Journal(
            idempotency_key=self.key,
            kind=self.kind,
            period=self.period,
            posted_on=self.posted_on,
            memo=self.memo,
            reverses=self.reverses,
            corrects=self.corrects,
            posted_by=self.posted_by,
        )
        journal.request_sha256 = journal.content_sha256(self.legs)
        return journal


def leg(account: Account, side: Side, amount_atoms: int) -> Leg:
    """One leg of a draft.

    Raises:
        LedgerError: an amount that is not positive, since the side says which way money goes, or
            one that no entry can hold.
    """
    if amount_atoms > LARGEST_ATOMS:
        largest_units = LARGEST_ATOMS // account.contract.money.atoms_per_unit
        raise LedgerError(
            f"{amount_atoms} atoms on {account}: an entry holds at most {largest_units:,}"
            f" {account.currency}; check the amount."
        )
    if amount_atoms <= 0:
        raise LedgerError(
            f"{amount_atoms} atoms on {account}: an entry is positive, its side says the direction."
        )
    return (account.pk, side, amount_atoms, account.currency)


def signed_leg(account: Account, credit_atoms: int) -> Leg:
    """A credit of a positive amount, a debit of a negative one."""
    return leg(account, Side.CREDIT if credit_atoms > 0 else Side.DEBIT, abs(credit_atoms))


def post(draft: Draft) -> Journal:
    """Post a journal and seal it; posting the same draft again returns the first journal.

    Raises:
        KeyReusedError: the key was used for another content.
        LedgerError: the books refuse it: unbalanced, outside its period, a closed period,
            accounts of another contract or currency, reversed already.
    """
    try:
        return _post(draft)
    except IntegrityError as error:
        raise LedgerError(_sentence(error)) from error


def _post(draft: Draft) -> Journal:
    journal = draft.journal()
    try:
        with transaction.atomic():
            if not Journal.objects.filter(idempotency_key=draft.key).exists():
                journal.save(force_insert=True)
                _insert_entries(journal, draft.legs)
                return journal
    except IntegrityError:
        # Somebody else may have posted the key since; otherwise the refusal stands.
        if not Journal.objects.filter(idempotency_key=draft.key).exists():
            raise
    posted = Journal.objects.get(idempotency_key=draft.key)
    if posted.request_sha256 != journal.request_sha256:
        raise KeyReusedError(
            f"{draft.key!r} was posted on {posted.posted_on} with another content; "
            "use a new key for a new journal."
        )
    return posted


def _insert_entries(journal: Journal, legs: Sequence[Leg]) -> None:
    """Write the legs, then have the journal checked and sealed at once."""
    values: list[UUID | str] = [
        journal.pk,
        *(_array(leg[column] for leg in legs) for column in range(4)),
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT_ENTRIES, values)
        cursor.execute("SET CONSTRAINTS royalty_journal_is_whole IMMEDIATE")
        cursor.execute("SET CONSTRAINTS royalty_journal_is_whole DEFERRED")


def _array(values: Iterable[object]) -> str:
    """Numbers or plain words as PostgreSQL writes arrays; psycopg would look for quotes in each."""
    return f"{{{','.join(map(str, values))}}}"


def _sentence(error: IntegrityError) -> str:
    cause = error.__cause__
    primary = cause.diag.message_primary if isinstance(cause, Error) else None
    return primary or str(error)


def reverse(
    journal: Journal,
    *,
    key: str,
    period: Period,
    posted_on: date,
    reason: str = "",
    posted_by: User | None = None,
) -> Journal:
    """Undo a journal by its mirror image, in a period that is open; the memo says why.

    Raises:
        LedgerError: it was reversed already under another key, or the books refuse the mirror.
    """
    done = Journal.objects.filter(reverses=journal).exclude(idempotency_key=key).first()
    if done is not None:
        raise LedgerError(f"{journal} was reversed on {done.posted_on} by {done}.")
    entries = Entry.objects.filter(journal=journal).order_by("pk")
    return post(
        Draft(
            key=key,
            kind=JournalKind.REVERSAL,
            period=period,
            posted_on=posted_on,
            legs=tuple(
                (entry.account_id, Side(entry.side).other, entry.amount_atoms, entry.currency)
                for entry in entries
            ),
            memo=f"reverses {journal}" + (f": {reason}" if reason else ""),
            reverses=journal,
            posted_by=posted_by,
        )
    )


def account(contract: Contract, kind: AccountKind, party: Party | None = None) -> Account:
    """The contract's account of a kind, a party's where it has one, opened when first needed."""
    found, _ = Account.objects.get_or_create(
        contract=contract, kind=kind, party=party, currency=contract.currency
    )
    return found


def payable_accounts(contract: Contract, parties: Iterable[Party]) -> dict[int, Account]:
    """What is owed to each party under the contract: its account, by the party's primary key."""
    wanted = {party.pk: party for party in parties}
    Account.objects.bulk_create(
        (
            Account(
                contract=contract,
                kind=AccountKind.PARTY_PAYABLE,
                party=party,
                currency=contract.currency,
            )
            for party in wanted.values()
        ),
        ignore_conflicts=True,
        batch_size=5_000,
    )
    accounts = Account.objects.filter(
        contract=contract,
        kind=AccountKind.PARTY_PAYABLE,
        currency=contract.currency,
        party__in=wanted,
    )
    return {found.party_id: found for found in accounts if found.party_id is not None}
