"""What does it cost that the database shows each tenant its own rows only?

Typical reads and writes of pages, the API and workers, each asked twice: with the policies, and
after the owner switched row-level security off. The statements are the same and filter for what
they are after, as selectors do; policies are the guard, not the search. Medians of several runs, in
a database of its own that is dropped afterwards.

    python -m benchmarks.tenancy --rows 200000
"""

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from uuid import uuid4

import django

N_PLATFORMS, N_PARTIES, N_TRACKS, N_PERIODS = 20, 2_000, 20_000, 100

WORLD = Path(__file__).with_suffix(".sql")
HOLDER, PLATFORM = f"organisation:{N_PLATFORMS + 8}", "organisation:3"
PARTY, PLATFORM_ID = 8, 3


# By the formula that fills the world: a piece whose attribution names track 1, which is PARTY's.
PIECE = -3571 * pow(7919, -1, N_TRACKS) % N_TRACKS

# The world's formulas count on the numbers of its rows, and a copied database may have used some.
COUNT_FROM_ONE = """
DO $$ DECLARE s regclass; BEGIN
  FOR s IN SELECT oid FROM pg_class
   WHERE relkind = 'S' AND relname ~ '^(accounts|attribution|catalog|royalty)_'
  LOOP EXECUTE format('ALTER SEQUENCE %s RESTART', s); END LOOP; END $$
"""


@dataclass(frozen=True)
class Case:
    """A statement that somebody asks, and how it is called in the table."""

    name: str
    tenant: str
    query: str


CASES = [
    Case(
        "holder: newest statements",
        HOLDER,
        f"SELECT * FROM royalty_statement WHERE party_id = {PARTY} ORDER BY id DESC LIMIT 50",
    ),
    Case(
        "holder: one statement",
        HOLDER,
        f"SELECT * FROM royalty_statement WHERE party_id = {PARTY} AND period_id = 1",
    ),
    Case(
        "holder: what is owed",
        HOLDER,
        f"SELECT sum(amount_atoms) FROM royalty_entry WHERE account_id = {PARTY}",
    ),
    Case(
        "holder: own works",
        HOLDER,
        "SELECT w.* FROM catalog_work w JOIN catalog_share s ON s.work_id = w.id"
        f" WHERE s.party_id = {PARTY}",
    ),
    Case(
        "holder: one piece's attribution",
        HOLDER,
        "SELECT a.* FROM attribution_attribution a JOIN attribution_generation g"
        f" ON g.id = a.generation_id WHERE g.platform_id = {1 + PIECE % N_PLATFORMS}"
        f" AND g.external_id = 'g{PIECE}'",
    ),
    Case(
        "holder: all that names own tracks",
        HOLDER,
        "SELECT count(*) FROM attribution_attribution WHERE track_ids && ARRAY(SELECT t.id FROM"
        " catalog_track t JOIN catalog_share s ON s.work_id = t.work_id"
        f" WHERE s.party_id = {PARTY})",
    ),
    Case(
        "platform: one piece",
        PLATFORM,
        "SELECT * FROM attribution_generation"
        f" WHERE platform_id = {PLATFORM_ID} AND external_id = 'g2'",
    ),
    Case(
        "platform: newest pieces",
        PLATFORM,
        f"SELECT * FROM attribution_generation WHERE platform_id = {PLATFORM_ID}"
        " ORDER BY id DESC LIMIT 50",
    ),
    Case(
        "platform: 2,000 uses taken in",
        PLATFORM,
        "INSERT INTO royalty_usageevent (platform_id, event_id, service, generation_id, subscriber,"
        " used_at, count, intake_file_id) SELECT platform_id, 'new' || external_id, 's', id, 'u',"
        " now(), 1, platform_id FROM attribution_generation"
        f" WHERE platform_id = {PLATFORM_ID} LIMIT 2000",
    ),
    Case(
        "system: uses of a month",
        "system",
        "SELECT generation_id, sum(count) FROM royalty_usageevent WHERE platform_id = 3"
        " AND service = 's' AND used_at >= '2026-10-01' GROUP BY 1",
    ),
    Case(
        "system: all balances",
        "system",
        "SELECT account_id, sum(amount_atoms) FROM royalty_entry GROUP BY 1",
    ),
]


@contextmanager
def own_database() -> Iterator[None]:
    """A migrated database for the time of the block."""
    from django.core.management import call_command
    from django.db import connections

    name, before = f"tantieme_bench_{uuid4().hex[:8]}", connections["owner"].settings_dict["NAME"]

    def use(database: str) -> None:
        for alias in ("default", "owner"):
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = database

    administer(f"CREATE DATABASE {name}")
    use(name)
    try:
        call_command("migrate", verbosity=0, skip_checks=True)
        yield
    finally:
        use(before)
        drop(name)


def drop(name: str, attempts: int = 50) -> None:
    """Drop a database; autovacuum may sit in it for a moment, and only a superuser may end that."""
    from django.db import DatabaseError

    for attempt in range(attempts):
        try:
            administer(f"DROP DATABASE {name} WITH (FORCE)")
        except DatabaseError:
            if attempt == attempts - 1:
                raise
            time.sleep(0.2)
        else:
            return


def administer(statement: str) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)


def fill(rows: int) -> None:
    """The world, as the owner, to whom no policy hides anything."""
    sizes = {
        "rows": rows,
        "platforms": N_PLATFORMS,
        "parties": N_PARTIES,
        "tracks": N_TRACKS,
        "periods": N_PERIODS,
    }
    from django.db import transaction

    with transaction.atomic(using="owner"):
        administer(COUNT_FROM_ONE)
        administer(WORLD.read_text().format(**sizes))
    administer("VACUUM ANALYZE")


def switch(*, on: bool) -> None:
    word = "ENABLE" if on else "DISABLE"
    administer(
        "DO $$ DECLARE t regclass; BEGIN"
        " FOR t IN SELECT oid FROM pg_class WHERE relforcerowsecurity LOOP"
        f" EXECUTE format('ALTER TABLE %s {word} ROW LEVEL SECURITY', t); END LOOP; END $$"
    )


def ask(case: Case, repeats: int) -> tuple[list[float], int]:
    """Milliseconds of each time but the first two, and the rows; writes are undone."""
    from django.db import connection, transaction

    from common.database import tenancy

    taken = []
    with tenancy.acting_as(case.tenant), connection.cursor() as cursor:
        for _ in range(repeats + 2):
            point = transaction.savepoint()
            started = time.perf_counter()
            cursor.execute(case.query)
            rows = cursor.fetchall() if cursor.description else [None] * cursor.rowcount
            taken.append(1000 * (time.perf_counter() - started))
            transaction.savepoint_rollback(point)
    return taken[2:], len(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    taken: dict[tuple[str, bool], list[float]] = defaultdict(list)
    rows: dict[str, set[int]] = defaultdict(set)
    with own_database():
        fill(options.rows)
        for guarded in (False, True) * options.rounds:  # in turns: the machine has moods
            switch(on=guarded)
            for case in CASES:
                milliseconds, count = ask(case, options.repeats)
                taken[case.name, guarded] += milliseconds
                rows[case.name].add(count)
    print(f"{options.rows:,} pieces, attributions, uses and entries; {N_PARTIES:,} payees")
    print(f"{'statement':36}{'rows':>8}{'without, ms':>12}{'with, ms':>12}{'ratio':>8}")
    for name, counts in rows.items():
        (count,) = counts  # the same with policies and without
        base, cost = (median(taken[name, guarded]) for guarded in (False, True))
        print(f"{name:36}{count:8,}{base:12.2f}{cost:12.2f}{cost / base:8.2f}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from config.embedded import ensure_servers

    ensure_servers()
    main()
