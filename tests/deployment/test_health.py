"""Probes: they tell which part is missing, cost little, and tell strangers nothing."""

import json
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from config.celery import app as celery_app


@pytest.fixture
def checks(client, broker_url):
    """Ask for readiness; returns the status and the outcome of each check."""

    def ask() -> tuple[int, dict[str, str]]:
        response = client.get("/health/ready")
        return response.status_code, json.loads(response.content)["checks"]

    return ask


def broken(*_args: object, **_options: object) -> None:
    raise OperationalError("password authentication failed for user tantieme_app at 10.0.0.3")


def test_a_live_process_says_so_without_asking_the_database(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        response = client.get("/health/live")
    assert response.status_code == 200
    assert json.loads(response.content) == {"status": "live"}
    assert response["Cache-Control"] == "no-store"


def test_all_parts_are_there(checks, db):
    everything = ("database", "migrations", "broker", "storage")
    assert checks() == (200, dict.fromkeys(everything, "ok"))


def test_a_database_that_is_away_is_named_without_its_secrets(checks, client, db, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", broken)
        status, outcomes = checks()
        text = client.get("/health/ready").content.decode()
    assert status == 503
    assert outcomes["database"] == outcomes["migrations"] == "failed"
    assert outcomes["broker"] == outcomes["storage"] == "ok"
    assert "10.0.0.3" not in text
    assert "tantieme_app" not in text


def test_a_database_that_lacks_a_migration_is_not_ready(checks, db, monkeypatch):
    applied = MigrationRecorder.applied_migrations

    def all_but_one(self: MigrationRecorder) -> dict:
        return dict(list(applied(self).items())[:-1])

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", all_but_one)
    status, outcomes = checks()
    assert (status, outcomes["migrations"], outcomes["database"]) == (503, "failed", "ok")


def test_a_broker_that_is_away_is_found_out_quickly(checks, db, tmp_path, monkeypatch):
    monkeypatch.setattr(celery_app.conf, "broker_url", f"redis+socket://{tmp_path}/none.sock")
    status, outcomes = checks()
    assert (status, outcomes["broker"]) == (503, "failed")


def test_a_storage_that_cannot_be_written_is_not_ready(checks, db):
    root = Path(default_storage.location)
    root.parent.mkdir(parents=True, exist_ok=True)
    root.write_text("a file where the folder should be")
    status, outcomes = checks()
    assert (status, outcomes["storage"]) == (503, "failed")


def test_a_probe_leaves_no_file_behind(checks, db):
    checks()
    assert not [path for path in Path(default_storage.location).rglob("*") if path.is_file()]


def test_a_probe_needs_no_host_name_and_no_https(db, settings, broker_url):
    settings.SECURE_SSL_REDIRECT = True
    client = Client(headers={"host": "10.1.2.3:8000"})
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 200
    assert client.get("/").status_code == 400
