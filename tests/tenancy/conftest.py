"""The town, built once a process; each module works on a copy where commits are commits."""

import shutil
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import override_settings

from common.jobs import dispatch
from tests.conftest import cloned_database
from tests.databases import use
from tests.tenancy.cast import Town, found_town


@pytest.fixture(scope="session")
def first_town(
    django_db_setup, django_db_blocker, tmp_path_factory
) -> Iterator[tuple[Town, Path, str]]:
    """The town that all others are copies of, with its folder and its database."""
    folder = tmp_path_factory.mktemp("town")
    storages = storages_in(folder)
    template = connections["default"].settings_dict["NAME"]
    with django_db_blocker.unblock(), cloned_database() as name:
        with override_settings(STORAGES=storages), pytest.MonkeyPatch.context() as patch:
            patch.setattr(dispatch.current_app, "send_task", lambda *_, **__: None)
            town = found_town(folder, storages)
        use(template)  # the tests of other folders go on with theirs
        yield town, folder, name


@pytest.fixture(scope="module")
def town(first_town, django_db_blocker, tmp_path_factory) -> Iterator[Town]:
    first, kept, database = first_town
    folder = tmp_path_factory.mktemp("town")
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    storages = storages_in(folder)
    template = connections["default"].settings_dict["NAME"]
    with django_db_blocker.unblock():
        use(database)
        with (
            cloned_database(),
            override_settings(STORAGES=storages),
            pytest.MonkeyPatch.context() as patch,
        ):
            patch.setattr(dispatch.current_app, "send_task", lambda *_, **__: None)
            yield replace(deepcopy(first), storages=storages)
        use(template)


def storages_in(folder: Path) -> dict[str, Any]:
    return {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder / "storage")},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def undone(town) -> Iterator[None]:
    """Whatever a test does to the town is undone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
