"""What the guards of the books cost: posting and intake, each against a bare COPY of the same rows.

The COPY is psycopg's, in binary form, from rows that lie ready in memory, into a table without any
guard for the ledger, and into the very table of the events for intake; the owner, whom no policy
binds there, writes them. Each round posts other rows. Nothing is switched off for the services.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from benchmarks.royalty import cast
from benchmarks.royalty.meter import Cost, in_turns
from royalty.models import AccountKind, IntakeFile, JournalKind, Leg, Side
from royalty.services import intake, ledger

ENTRY_TYPES = ("uuid", "int8", "varchar", "int8", "varchar")
ENTRY_COLUMNS = "journal_id, account_id, side, amount_atoms, currency"
EVENT_TYPES = ("int8", "int8", "uuid", "varchar", "varchar", "varchar", "timestamptz", "int4")
EVENT_COLUMNS = (
    "platform_id, intake_file_id, generation_id, event_id, service, subscriber, used_at, count"
)
PLAIN_ENTRIES = "CREATE TABLE plain_entry AS SELECT {columns} FROM royalty_entry WITH NO DATA"
KEYED_ENTRIES = "CREATE TABLE keyed_entry (LIKE royalty_entry INCLUDING ALL)"
PIECES = 1_000


def posting(rows: int, rounds: int) -> dict[str, Cost]:
    """One journal of `rows` entries, such as a period's allocation to as many parties."""
    of = cast.cast("posting")
    revenue = ledger.account(of.contract, AccountKind.PERIOD_REVENUE)
    payable = ledger.payable_accounts(of.contract, cast.parties("payee", rows - 1))
    credits = [
        ledger.leg(account, Side.CREDIT, 1 + at) for at, account in enumerate(payable.values())
    ]
    legs: tuple[Leg, ...] = (
        ledger.leg(revenue, Side.DEBIT, sum(amount for _, _, amount, _ in credits)),
        *credits,
    )
    for statement in (PLAIN_ENTRIES.format(columns=ENTRY_COLUMNS), KEYED_ENTRIES):
        _as_owner(statement)

    def post(number: int) -> None:
        ledger.post(
            ledger.Draft(
                key=f"benchmark:{number}",
                kind=JournalKind.ALLOCATION,
                period=of.period,
                posted_on=cast.STARTS,
                legs=legs,
            )
        )

    def copy(table: str, number: int) -> None:
        journal = ledger.Draft("", JournalKind.ALLOCATION, of.period, cast.STARTS, ()).journal()
        rows = ((journal.pk, *leg) for leg in legs)
        _copy(f"COPY {table} ({ENTRY_COLUMNS}) FROM STDIN (FORMAT BINARY)", ENTRY_TYPES, rows)

    return in_turns(
        {
            "COPY into a table without keys or guards": partial(copy, "plain_entry"),
            "COPY into a table with the ledger's keys": partial(copy, "keyed_entry"),
            "posting, all guards": post,
        },
        rounds,
    )


def taking_in(rows: int, rounds: int, folder: Path) -> dict[str, Cost]:
    """Files of `rows` uses: new ones, and the same ones in a file with other bytes."""
    of = cast.cast("intake")
    pieces = cast.generations(of, PIECES)
    ids = {piece.external_id: piece.pk for piece in pieces}
    for table in ("royalty_usageevent", "royalty_intakefile"):
        _as_owner(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")

    def copied(number: int) -> Callable[[], None]:
        events = [_event_row(event, ids) for event in cast.uses(f"copy{number}", pieces, rows)]
        return partial(_copy_events, of, events, number)

    copies = [copied(number) for number in range(rounds + 1)]
    for number in range(rounds + 1):
        path = folder / f"{number}.ndjson"
        cast.ndjson(path, cast.uses(f"file{number}", pieces, rows))
        (folder / f"{number}-again.ndjson").write_bytes(b"\n" + path.read_bytes())

    def take(suffix: str, number: int) -> None:
        source = folder / f"{number}{suffix}.ndjson"
        intake.take_usage(platform=of.platform, source=source, name=source.name)

    return in_turns(
        {
            "COPY into the same table, rows parsed before": lambda number: copies[number](),
            "intake of a file, new uses": partial(take, ""),
            "intake of a file, known uses": partial(take, "-again"),
        },
        rounds,
    )


def _event_row(event: dict[str, Any], ids: dict[str, UUID]) -> tuple[Any, ...]:
    used_at = datetime.fromisoformat(event["used_at"]).astimezone(UTC)
    return (
        ids[event["generation"]],
        event["event_id"],
        event["service"],
        event["subscriber"],
        used_at,
        event["count"],
    )


def _copy_events(of: cast.Cast, events: Iterable[tuple[Any, ...]], number: int) -> None:
    file = IntakeFile.objects.using("owner").create(
        platform_id=of.platform.pk,
        kind="usage",
        sha256=f"{number:064}",
        name="copied",
        line_count=0,
        new_count=0,
        known_count=0,
    )
    rows = ((of.platform.pk, file.pk, *event) for event in events)
    _copy(
        f"COPY royalty_usageevent ({EVENT_COLUMNS}) FROM STDIN (FORMAT BINARY)", EVENT_TYPES, rows
    )


def _copy(statement: str, types: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> None:
    with (
        transaction.atomic(using="owner"),
        connections["owner"].cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        copy.set_types(list(types))
        for row in rows:
            copy.write_row(row)


def _as_owner(statement: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)
