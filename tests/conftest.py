"""The tests' PostgreSQL: real, migrated by the owner, used by the role that owns nothing.

Most tests run in a transaction that is rolled back. A test that must commit (a worker in another
process, a deferred constraint at its real moment) asks for `committed_db`: a database of its own,
cloned from the migrated one, since the ledger refuses the TRUNCATE by which Django would clean up.
"""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connections

from common.database import tenancy
from config.celery import app as celery_app
from config.embedded import ensure_servers
from config.embedded.places import places
from tests.databases import administer, drop, use
from tests.migrated import make_database

tenancy.serve_as_system()  # tests build their worlds as commands do; requests begin as nobody


def pytest_configure() -> None:
    """What is slow by intent or once a process is quick here; the browser's tests have the real.

    Stretching a password takes a quarter of a second, and so does looking through the collected
    static files, which WhiteNoise does for every test client that is made.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True  # look for a file when it is asked for
    # Databases of tests are never recovered after a crash, so no commit waits for the disk.
    os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off")
    gc.disable()  # until the tests are collected, which makes no garbage worth looking for


def pytest_collection_finish() -> None:
    """What is there now stays to the end; looking through it over and over takes a tenth."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """One migrated database a test process."""
    ensure_servers()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name, production = f"tantieme_test_{worker}", settings.DATABASES["default"]["NAME"]
    with django_db_blocker.unblock():
        make_database(name)
        use(name)
    yield
    with django_db_blocker.unblock():
        use(production)
        drop(name)


@contextmanager
def cloned_database() -> Iterator[str]:
    template = connections["default"].settings_dict["NAME"]
    name = f"tantieme_test_{uuid4().hex[:12]}"
    use(template)  # a template must have no open connection
    administer("CREATE DATABASE {name} TEMPLATE {template}", name=name, template=template)
    use(name)
    try:
        yield name
    finally:
        use(template)
        drop(name)


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """A database of this test's own, where commits are commits; yields its name."""
    with django_db_blocker.unblock(), cloned_database() as name:
        yield name


@pytest.fixture(scope="session")
def broker_url() -> str:
    """The private broker, in a key space that no demo and no other test process uses."""
    ensure_servers()
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    url = f"{places().broker_url}?virtual_host={number % 15 + 1}"  # it has 16
    celery_app.conf.broker_url = url
    return url


@pytest.fixture(autouse=True)
def storage(tmp_path, settings) -> None:  # type: ignore[no-untyped-def]
    """Files of a test go to its own folder."""
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "storage")},
        },
        # Pages of the test client need no collected files; `running_web` serves the real ones.
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.FEATURE_STORE_ROOT = tmp_path / "features"
    settings.MODEL_ROOT = tmp_path / "models"
    settings.UPLOAD_ROOT = tmp_path / "uploads"
