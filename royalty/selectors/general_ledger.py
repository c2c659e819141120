"""The whole ledger for exports: accounts with their balances, and the entries one by one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Min

from royalty.documents import Scale
from royalty.documents.ledger import (
    GeneralLedger,
    LedgerAccount,
    LedgerEntry,
    LedgerError,
    LedgerJournal,
)
from royalty.documents.ledger.names import account_name
from royalty.models import Entry, Journal, Period, Side
from royalty.selectors.ledger import TrialRow, trial_balance

ENTRIES_A_FETCH = 5_000
ENTRY = ("pk", "account_id", "side", "amount_atoms")
JOURNAL = (
    *("journal_id", "journal__idempotency_key", "journal__kind", "journal__posted_on"),
    *("journal__created_at", "journal__period_id", "journal__memo", "journal__reverses_id"),
    *("journal__corrects_id", "journal__posted_by__email", "journal__request_sha256"),
)


@contextmanager
def one_moment() -> Iterator[None]:
    """A transaction that sees the books as they are at its beginning, whoever posts meanwhile.

    Inside a transaction that has begun, that is too late: an export is then added up and refused
    if somebody posted in between (see `GeneralLedger.added_up`).
    """
    begins = not connection.in_atomic_block
    with transaction.atomic():
        if begins:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def last_booked_day() -> date | None:
    """The latest day on which anything is booked; none while the books are empty."""
    last: date | None = Journal.objects.aggregate(day=Max("posted_on"))["day"]
    return last


def general_ledger(until: date) -> GeneralLedger:
    """Everything booked until the end of a day.

    Entries are read by a cursor while they are asked for, within the transaction that is open; the
    balances are the database's own sums.
    """
    first_days = dict(
        Entry.objects.filter(journal__posted_on__lte=until)
        .values_list("account_id")
        .annotate(Min("journal__posted_on"))
    )
    rows = trial_balance(as_of=until).rows
    accounts = {row.account.pk: _account(row, first_days[row.account.pk]) for row in rows}
    return GeneralLedger(until, tuple(accounts.values()), _entries(until, accounts))


def _account(row: TrialRow, opened_on: date) -> LedgerAccount:
    account, party = row.account, row.account.party
    money, contract = account.contract.money, account.contract.code
    party_ref = party.ref if party else ""
    return LedgerAccount(
        number=account.pk,
        name=account_name(
            kind=account.kind,
            is_debit=account.normal_side == Side.DEBIT,
            contract=contract,
            party_ref=party_ref,
            currency=account.currency,
        ),
        kind=account.kind,
        contract=contract,
        party_ref=party_ref,
        party_name=party.name if party else "",
        scale=Scale(money.code, money.decimals, money.atoms_per_minor),
        opened_on=opened_on,
        balance_atoms=row.debit_atoms - row.credit_atoms,
    )


def _entries(until: date, accounts: dict[int, LedgerAccount]) -> Iterator[LedgerEntry]:
    periods = {period.pk: str(period) for period in Period.objects.select_related("contract")}
    rows = (
        Entry.objects.filter(journal__posted_on__lte=until)
        .order_by("journal__posted_on", "journal__created_at", "journal_id", "pk")
        .values_list(*JOURNAL, *ENTRY)
        .iterator(chunk_size=ENTRIES_A_FETCH)
    )
    for _, group in groupby(rows, key=lambda row: row[0]):
        journal: LedgerJournal | None = None
        for row in group:
            number, account_id, side, amount_atoms = row[len(JOURNAL) :]
            if account_id not in accounts:
                raise LedgerError("An account was opened meanwhile. Export again.")
            journal = journal or _journal(row, periods)
            is_debit = side == Side.DEBIT.value
            yield LedgerEntry(number, journal, accounts[account_id], is_debit, amount_atoms)


def _journal(row: tuple[Any, ...], periods: dict[int, str]) -> LedgerJournal:
    journal_id, key, kind, posted_on, at, period_id, memo, reverses, corrects, email, sha = row[
        : len(JOURNAL)
    ]
    return LedgerJournal(
        id=str(journal_id),
        key=key,
        kind=kind,
        posted_on=posted_on,
        recorded_at=at,
        period=periods[period_id],
        memo=memo,
        reverses=str(reverses or ""),
        corrects=str(corrects or ""),
        posted_by=email or "",
        sha256=sha,
    )
