"""A settled month of the worked example, and everybody who looks at it.

The month is made once for all tests of a process, in a database of its own. Each test works on
copies, and what it does to the database is rolled back.
"""

import shutil
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import Client, override_settings

from attribution.models import Attribution
from common.jobs import dispatch
from royalty.selectors import lines, proofs, runs, statement_lines
from royalty.services import intake, statements
from tests.conftest import cloned_database
from tests.databases import use
from tests.portal.people import People, gather
from tests.royalty.cast import (
    AFTER,
    World,
    ndjson,
    revenue_lines,
    settle,
    show,
    usage_lines,
    worked_example,
)
from tests.royalty.conftest import report, take, woken  # noqa: F401 fixtures


@dataclass(frozen=True)
class Settled:
    """What is there once: the rows' objects, people's clients, files and database."""

    world: World
    people: People
    folder: Path
    database: str


@pytest.fixture(scope="session")
def settled_once(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Settled]:
    """The month, closed and shown to payees; its statements are not rendered yet."""
    folder = tmp_path_factory.mktemp("month")
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(folder)},
    }
    storages = django_settings.STORAGES | {"default": place}
    template = connections["default"].settings_dict["NAME"]
    with django_db_blocker.unblock(), cloned_database() as name:
        with override_settings(STORAGES=storages), pytest.MonkeyPatch.context() as patch:
            patch.setattr(dispatch.current_app, "send_task", lambda *_, **__: None)
            world = _month(folder)
            people = gather(world)
        use(template)  # the tests of other folders go on with theirs
        yield Settled(world, people, folder, name)


@pytest.fixture(scope="module")
def settled(settled_once, django_db_blocker) -> Iterator[Settled]:
    """The month's database, for the tests of a file."""
    template = connections["default"].settings_dict["NAME"]
    with django_db_blocker.unblock():
        use(settled_once.database)
        yield settled_once
        use(template)


def _month(folder: Path) -> World:
    """Of G2, which earns 2.80, nothing accounts for 37.5 %: 0.35 goes to each training track."""
    world = worked_example(fallback="equal_training_set")
    shares = [375_000_000, 250_000_000]
    Attribution.objects.filter(generation=world.generations["G2"]).update(
        share_ppb=shares, low_ppb=shares, high_ppb=shares, unattributed_ppb=375_000_000
    )
    sent = ((intake.take_usage, usage_lines()), (intake.take_revenue, revenue_lines()))
    for function, listed in sent:
        path = ndjson(folder / f"{function.__name__}.ndjson", listed)
        function(platform=world.platform, source=path, name=path.name)
    show(settle(world), world.ann)
    return world


@pytest.fixture
def month(settled, db, tmp_path) -> Iterator[World]:
    """A copy for one test."""
    shutil.copytree(settled.folder, tmp_path / "storage")
    yield deepcopy(settled.world)
    # The next test finds the same rows again, and must not find what this one derived of them.
    for kept in (
        runs.kept_lines,
        lines.uses_by_generation,
        statement_lines._tracks_earning,
        proofs._kept_tree,
    ):
        kept.cache_clear()


@pytest.fixture
def world(month) -> World:
    return month


@pytest.fixture
def people(settled, month) -> People:
    return People(**{each.name: _again(settled, each.name) for each in fields(People)})


def _again(settled: Settled, name: str) -> Client:
    """A browser with the cookies that somebody was given when signing in."""
    client = Client()
    client.cookies = deepcopy(getattr(settled.people, name).cookies)
    return client


@pytest.fixture
def rendered(month) -> World:
    """The month with every document written."""
    for statement in statements.Statement.objects.all():
        statements.render_statement(statement=statement, as_of=AFTER)
    return month
