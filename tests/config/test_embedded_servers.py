"""The private servers: started on demand, found again, and never broken by a kill."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.embedded import postgres, valkey
from config.embedded.places import Places

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(monkeypatch) -> Iterator[Places]:
    """A home of its own, so that the servers of the other tests are left alone."""
    monkeypatch.delenv("PGOPTIONS", raising=False)  # a commit here must outlive a kill
    folder = Path(tempfile.mkdtemp(prefix="tantieme-test-"))
    folder.chmod(0o755)
    places = Places(folder)
    yield places
    valkey.stop(places)
    postgres.stop(places)
    shutil.rmtree(folder)
    shutil.rmtree(places.sockets, ignore_errors=True)


def postmaster_pid(places: Places) -> int:
    return int((places.postgres_data / "postmaster.pid").read_text().split()[0])


def valkey_pid(places: Places) -> int:
    return int(valkey._client(places).info("server")["process_id"])


@pytest.mark.slow
def test_postgres_starts_is_found_again_survives_a_kill_and_stops(home):
    postgres.ensure(home)
    first = postmaster_pid(home)
    postgres.ensure(home)
    assert postmaster_pid(home) == first, "a running server must be reused"

    with psycopg.connect(home.owner_url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (42)")
    os.kill(first, signal.SIGKILL)
    postgres.ensure(home)
    assert postmaster_pid(home) != first
    with psycopg.connect(home.owner_url) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (42,)

    assert postgres.stop(home)
    assert not postgres.stop(home), "stopping twice stops nothing"


@pytest.mark.slow
def test_the_application_role_owns_nothing_and_makes_nothing(home):
    postgres.ensure(home)
    with psycopg.connect(home.application_url, autocommit=True) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (n int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE DATABASE mine")
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
    assert row == (False, False, False, False)


@pytest.mark.slow
def test_an_initialisation_that_was_killed_is_begun_anew(home):
    part = home.home / "postgres.part"
    part.mkdir()
    (part / "PG_VERSION").write_text("18\n")
    postgres.ensure(home)
    assert not part.exists()


def test_valkey_starts_is_found_again_survives_a_kill_and_stops(home):
    valkey.ensure(home)
    first = valkey_pid(home)
    valkey.ensure(home)
    assert valkey_pid(home) == first
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    valkey.ensure(home)
    assert valkey_pid(home) != first
    assert valkey.stop(home)
    assert not valkey.stop(home)


def test_a_long_path_still_gets_a_socket_that_the_kernel_takes(tmp_path):
    places = Places(tmp_path / ("deep" * 40))
    assert len(os.fsencode(places.postgres_sockets / ".s.PGSQL.5432.lock")) < 108
    assert places.sockets == Places(tmp_path / ("deep" * 40)).sockets, "and always the same one"


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_can_run_them_too():
    home = Path(tempfile.mkdtemp(prefix="tantieme-user-"))
    nobody = 65534
    os.chown(home, nobody, nobody)
    environment = {"TANTIEME_HOME": str(home), "PATH": os.environ["PATH"], "HOME": str(home)}

    def command(action: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "config.embedded", action],
            cwd=ROOT,
            env=environment,
            user=nobody,
            group=nobody,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
        )

    probe = subprocess.run(["test", "-x", sys.executable], user=nobody, check=False, cwd="/")
    if probe.returncode != 0:
        pytest.skip("this checkout lies in a folder that other users may not enter")
    try:
        started = command("start")
        assert started.returncode == 0, started.stderr
        assert (home / "postgres").stat().st_uid == nobody
        assert "Valkey, PostgreSQL" in command("stop").stdout
    finally:
        shutil.rmtree(home)
