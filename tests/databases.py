"""Making, dropping and using databases, as their owner."""

import os
import time
from typing import Any
from uuid import uuid4

import psutil
import psycopg
from django.db import connections
from psycopg import sql

OWN = "tantieme_test_of_"
MOST_LEFT = 80  # of 18 MB
_left: list[str] = []


def administer(statement: str, *values: str, **names: str) -> list[tuple[Any, ...]]:
    """Run a statement about databases as the owner, connected to another database."""
    options = connections["owner"].get_connection_params() | {"dbname": "postgres"}
    allowed = {"dbname", "user", "password", "host", "port"}
    with psycopg.connect(
        **{key: value for key, value in options.items() if key in allowed}, autocommit=True
    ) as connection:
        identifiers = {key: sql.Identifier(name) for key, name in names.items()}
        asked = sql.SQL(statement).format(*map(sql.Literal, values), **identifiers)
        answer = connection.execute(asked)
        return answer.fetchall() if answer.description else []


def drop(name: str) -> None:
    """Drop a database. Autovacuum may sit in it for a moment, and only a superuser may end that."""
    for attempt in range(50):
        try:
            administer("DROP DATABASE IF EXISTS {name} WITH (FORCE)", name=name)
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            if attempt == 49:
                raise
            time.sleep(0.2)
        else:
            return


def leave(name: str) -> None:
    """Drop a database later, together with others.

    ext4 gives the number of a deleted file to no new one for a minute, and looks through all such
    numbers for each file that it makes. A database has a thousand files: made right after another
    was dropped, it takes ten times as long.
    """
    administer(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity JOIN pg_roles ON usesysid = oid"
        " WHERE datname = {} AND NOT rolsuper",  # a superuser's, as autovacuum's, end by themselves
        name,
    )
    _left.append(name)
    if len(_left) == MOST_LEFT:
        drop_left()


def drop_left() -> None:
    """Drop the databases that were left."""
    while _left:
        drop(_left.pop())


def own_name() -> str:
    """A name for a database of this process."""
    return f"{OWN}{os.getpid()}_{uuid4().hex[:12]}"


def drop_those_of_dead_processes() -> None:
    """Drop what runs that were killed have left."""
    names = administer("SELECT datname FROM pg_database WHERE starts_with(datname, {})", OWN)
    for (name,) in names:
        if not psutil.pid_exists(int(name.removeprefix(OWN).partition("_")[0])):
            drop(name)


def use(name: str) -> None:
    """Let both connections go to another database from now on."""
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
