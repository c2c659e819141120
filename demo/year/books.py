"""`python -m demo.year.books PIECES SEED`: the process of the year, in a home of its own.

Started by `python -m demo.year`, which names the home. It begins anew: what an earlier run left
there is removed.
"""

import os
import shutil
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg import sql
from rich.console import Console

if TYPE_CHECKING:
    from demo.economy import Month
    from demo.year.world import World

BEGINS_ON = date(2026, 1, 1)


def main(pieces: Path, seed: int) -> int:
    """Live through the year and check its books; returns the exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.embedded import ensure_servers, stop_servers
    from config.environment import environment

    home, started = Path(environment().home), time.monotonic()
    ensure_servers()
    try:
        _begin_anew(home)
        status = _live(pieces, seed, home)
    finally:
        stop_servers()  # `make stop` knows the demo's alone
    Console(highlight=False).print(
        f"\nThe year took {time.monotonic() - started:.0f} s. Its files are in {home}; "
        f"TANTIEME_HOME={home} make serve opens its portal, for the people in "
        f"{home / 'demo' / 'users.txt'}.",
        soft_wrap=True,
    )
    return status


def _begin_anew(home: Path) -> None:
    """An empty database and no files of an earlier year."""
    from config.embedded.places import DATABASE, OWNER_ROLE, places
    from config.embedded.postgres import superuser_connection

    names = {"name": sql.Identifier(DATABASE), "owner": sql.Identifier(OWNER_ROLE)}
    with superuser_connection(places()) as connection:
        for statement in (
            "DROP DATABASE IF EXISTS {name} WITH (FORCE)",
            "CREATE DATABASE {name} OWNER {owner}",
        ):
            connection.execute(sql.SQL(statement).format(**names))
    for folder in ("storage", "books", "mail"):
        shutil.rmtree(home / folder, ignore_errors=True)


def _live(pieces: Path, seed: int, home: Path) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from common.database import tenancy

    tenancy.serve_as_system()
    call_command("migrate", verbosity=0)
    try:
        return _live_and_conclude(pieces, seed, home)
    finally:
        connections.close_all()


def _live_and_conclude(pieces: Path, seed: int, home: Path) -> int:
    from demo.year.pieces import bring_in
    from demo.year.plan import Calendar, Plan, services
    from demo.year.run import conclude, live
    from demo.year.world import furnish

    console = Console(highlight=False)
    platform, names = bring_in(pieces, frozen_on=BEGINS_ON)
    world = furnish(
        platform,
        names,
        services(),
        calendar=Calendar(BEGINS_ON, Plan()),
        folder=home / "books",
        seed=seed,
    )
    live(
        world,
        lambda text: console.print(text, soft_wrap=True, markup=False),
        lambda month: _let_people_in(world, month, home),
    )
    console.print()
    return conclude(world, console)


def _let_people_in(world: "World", month: "Month", home: Path) -> None:
    """People who can sign in and look at it, as the demo has them."""
    from demo.accounting import books_of
    from demo.people import introduce
    from demo.year.desk import periods_of

    introduce(books_of(periods_of(world, month)), home / "demo")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
