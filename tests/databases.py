"""Making, dropping and using databases, as their owner."""

import time
from typing import Any

import psycopg
from django.db import connections
from psycopg import sql


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


def use(name: str) -> None:
    """Let both connections go to another database from now on."""
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
