"""The town, built once a module in a database of its own, where commits are commits."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings

from common.jobs import dispatch
from tests.conftest import cloned_database
from tests.tenancy.cast import Town, found_town


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    storages = {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder / "storage")},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with (
        django_db_blocker.unblock(),
        cloned_database(),
        override_settings(STORAGES=storages),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(dispatch.current_app, "send_task", lambda *_, **__: None)
        yield found_town(folder, storages)


@pytest.fixture
def undone(town) -> Iterator[None]:
    """Whatever a test does to the town is undone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
