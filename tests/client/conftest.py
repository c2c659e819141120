"""A running server that the client's tests share: gunicorn before a database of its own.

Acme is the platform of the worked example, with four attributed pieces. The tests know the server
by its address alone, as an integrator does, and count rows in the database afterwards.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from psycopg import sql

from accounts.models import Organisation, Scope
from accounts.services.keys import create_key
from config.embedded.places import places
from config.embedded.web import running_web
from tantieme_client import Tantieme
from tests.api.conftest import acme_world
from tests.conftest import cloned_database
from tests.databases import use


@dataclass(frozen=True)
class Served:
    """The address, two keys, and the database behind them."""

    url: str
    acme: str  # a key with all scopes
    reader: str  # one that may only read
    database: str
    environment: dict[str, str]

    def count(self, table: str, where: str = "true") -> int:
        """Rows of a table, whoever they belong to."""
        statement = sql.SQL("SELECT count(*) FROM {table} WHERE " + where)
        with psycopg.connect(places().url("tantieme_owner", self.database)) as connection:
            # The tables' policies hold for their owner too.
            connection.execute("SET tantieme.tenant = 'system'")
            row = connection.execute(statement.format(table=sql.Identifier(table))).fetchone()
        return row[0] if row else 0


@pytest.fixture(scope="session")
def served(
    django_db_setup: None,
    django_db_blocker: pytest.FixtureRequest,
    broker_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    """The server, started once; it ends with the tests."""
    home = tmp_path_factory.mktemp("served")
    template = connections["default"].settings_dict["NAME"]
    with django_db_blocker.unblock(), cloned_database() as name:
        acme = acme_world().platform.organisation
        keys = [key(acme, *Scope), key(acme, Scope.READ)]
        environment = environment_of(name, broker_url, home)
        use(template)  # the tests of other folders go on with theirs
        with running_web(home, extra=environment) as url:
            yield Served(url, keys[0], keys[1], name, environment)


def key(organisation: Organisation, *scopes: Scope) -> str:
    return create_key(organisation=organisation, name="client", scopes=scopes).text


def environment_of(name: str, broker_url: str, home: Path) -> dict[str, str]:
    """What the server's processes are told."""
    return {
        **os.environ,
        "DATABASE_URL": places().url("tantieme_app", name),
        "DATABASE_OWNER_URL": places().url("tantieme_owner", name),
        "CELERY_BROKER_URL": broker_url,
        "SECRET_KEY": "of the tests, and long enough to pass for one of fifty characters",
        "TANTIEME_HOME": str(home),
        "WEB_CONCURRENCY": "1",
    }


@pytest.fixture
def client(served: Served) -> Iterator[Tantieme]:
    with Tantieme(served.acme, served.url) as opened:
        yield opened
