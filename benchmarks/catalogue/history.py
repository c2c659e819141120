"""What it costs that every change of a right is kept.

The same writes of shares with the triggers that keep the history and after the owner switched them
off, in turns, each undone. All guards of shares (no overlap, row-level security) stay on. Medians,
in a database of its own that is dropped afterwards.
"""

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from statistics import median

import django
from rich.console import Console
from rich.table import Table

from benchmarks.tenancy import administer, own_database

ROWS, ROUNDS = 100_000, 5
SHARES_A_WORK = 2
TRIGGERS = ("history_made", "history_altered", "history_removed")
MADE = date(2026, 1, 1)

WORLD = """
INSERT INTO catalog_party (ref, name, kind, ipi_name, ipi_base, isni, ddex_party_id, created_at)
SELECT 'p' || n, 'P' || n, '', '', '', '', '', now() FROM generate_series(1, 2000) n;
INSERT INTO catalog_work (ref, title, version, collection, iswc, language, created_at)
SELECT 'w' || n, 'W' || n, '', '', '', '', now() FROM generate_series(1, {works}) n;
"""
INSERT = """
INSERT INTO catalog_share (work_id, party_id, "right", role, territory, share_ppm, valid_from,
                           created_at)
SELECT work.id, (SELECT min(id) FROM catalog_party) + (work.id * 7 + part) %% 2000, 'composition',
       'composer', '{[0,676)}', 500000, '2026-01-01', now()
  FROM catalog_work work CROSS JOIN generate_series(1, 2) part LIMIT %s
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)


def show(console: Console, options: argparse.Namespace) -> None:
    """Print the table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from common.database import tenancy
    from config.embedded import ensure_servers

    ensure_servers()
    tenancy.serve_as_system()
    with own_database():
        administer(WORLD.format(works=options.rows // SHARES_A_WORK))
        administer("VACUUM ANALYZE")
        console.print(_table(options.rows, _measured(options.rows, options.rounds)))


def _measured(rows: int, rounds: int) -> dict[tuple[str, bool], list[float]]:
    """Seconds of each way of writing, without and with history."""
    taken: dict[tuple[str, bool], list[float]] = defaultdict(list)
    for is_kept in (False, True) * rounds:  # in turns: the machine has moods
        for name in TRIGGERS:
            word = "ENABLE" if is_kept else "DISABLE"
            administer(f"ALTER TABLE catalog_share {word} TRIGGER {name}")
        for label, prepare, write in WAYS:
            taken[label, is_kept].append(_seconds(rows, prepare, write))
    return taken


def _seconds(rows: int, prepare: Callable[[int], None], write: Callable[[int], None]) -> float:
    """How long a way of writing takes, which is then undone."""
    from django.db import transaction

    with transaction.atomic():
        prepare(rows)
        started = time.perf_counter()
        write(rows)
        seconds = time.perf_counter() - started
        transaction.set_rollback(True)
    return seconds


def _nothing(_rows: int) -> None:
    pass


def _one_statement(rows: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(INSERT, [rows])


def _by_the_orm(rows: int) -> None:
    from catalog.models import Party, Share, Work

    works = Work.objects.order_by("pk").values_list("pk", flat=True)[: rows // SHARES_A_WORK]
    first = Party.objects.order_by("pk").values_list("pk", flat=True)[0]
    shares = (
        Share(
            work_id=work,
            party_id=first + (work * 7 + part) % 2000,
            right="composition",
            role="composer",
            share_ppm=500_000,
            valid_from=MADE,
        )
        for work in works
        for part in range(SHARES_A_WORK)
    )
    Share.objects.bulk_create(shares, batch_size=2_000)


def _update(_rows: int) -> None:
    from catalog.models import Share

    Share.objects.update(share_ppm=400_000)


WAYS = (
    ("inserted by one statement", _nothing, _one_statement),
    ("inserted by bulk_create, 2,000 at a time", _nothing, _by_the_orm),
    ("altered by one statement", _one_statement, _update),
)


def _table(rows: int, taken: dict[tuple[str, bool], list[float]]) -> Table:
    table = Table(title=f"{rows:,} shares")
    for heading in ("", "without history, s", "with history, s", "ratio"):
        table.add_column(heading, justify="right" if heading else "left")
    for label, _, _ in WAYS:
        base, cost = (median(taken[label, is_kept]) for is_kept in (False, True))
        table.add_row(label, f"{base:.2f}", f"{cost:.2f}", f"{cost / base:.2f}")
    return table
