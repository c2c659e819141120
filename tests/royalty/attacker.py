"""Somebody with the application's database rights and no interest in right books."""

from datetime import date
from uuid import UUID, uuid4

from django.db import connection

from royalty.models import Account, AccountKind
from royalty.services import ledger
from tests.royalty.cast import World

DAY = date(2026, 10, 15)


def accounts(world: World) -> tuple[Account, Account]:
    """Two accounts of the world's contract."""
    return (
        ledger.account(world.contract, AccountKind.PLATFORM_RECEIVABLE),
        ledger.account(world.contract, AccountKind.PERIOD_REVENUE),
    )


def insert_journal(
    world: World,
    *,
    key: str = "",
    day: date = DAY,
    period: int = 0,
    reverses: UUID | None = None,
) -> UUID:
    """A journal without entries, past every service."""
    journal_id = uuid4()
    execute(
        "INSERT INTO royalty_journal"
        " (id, idempotency_key, request_sha256, kind, period_id, posted_on, memo, reverses_id)"
        " VALUES (%s, %s, 'x', %s, %s, %s, '', %s)",
        [
            *(journal_id, key or str(journal_id), "reversal" if reverses else "revenue"),
            *(period or world.period.pk, day, reverses),
        ],
    )
    return journal_id


def insert_entry(
    journal_id: UUID, account: Account, side: str, amount: int, currency: str = "EUR"
) -> None:
    execute(
        "INSERT INTO royalty_entry (journal_id, account_id, side, amount_atoms, currency)"
        " VALUES (%s, %s, %s, %s, %s)",
        [journal_id, account.pk, side, amount, currency],
    )


def insert_balanced(world: World, amount: int = 100, **more: object) -> UUID:
    """A journal that is right, not sealed yet."""
    debit, credit = accounts(world)
    journal_id = insert_journal(world, **more)
    insert_entry(journal_id, debit, "debit", amount)
    insert_entry(journal_id, credit, "credit", amount)
    return journal_id


def seal_now() -> None:
    """What commit does, without the commit."""
    execute("SET CONSTRAINTS ALL IMMEDIATE")


def execute(statement: str, parameters: list | None = None) -> list:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []
