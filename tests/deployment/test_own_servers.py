"""With a database and a broker of one's own: migrate, serve and work as a container does."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from config.embedded.web import running_web
from config.embedded.worker import running_worker

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def variables(own_server, broker_url, tmp_path_factory) -> dict[str, str]:
    """What an operator sets; the web and worker processes do not know the owner's password."""
    return {
        "DATABASE_URL": own_server["DATABASE_URL"],
        "DATABASE_OWNER_URL": "",
        "CELERY_BROKER_URL": broker_url,
        "SECRET_KEY": "q7Vd_0rTzK4mX9bN2sLw8yHc5JfGu3PeRa6iQoBt1ZxWnMvDkE",
        "TANTIEME_HOME": str(tmp_path_factory.mktemp("home")),
        "LOG_LEVEL": "INFO",
    }


def contained(word: str, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Do what the image does for a command."""
    return subprocess.run(
        [sys.executable, "-m", "config.entrypoint", word, *more],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def migrated(own_server, variables) -> dict[str, str]:
    """First the web process finds that it is too early, then the owner migrates."""
    with running_web(Path(variables["TANTIEME_HOME"]), extra=variables) as url:
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{url}/health/ready")
        assert json.loads(caught.value.read())["checks"]["migrations"] == "failed"
    owner = variables | {"DATABASE_OWNER_URL": own_server["DATABASE_OWNER_URL"]}
    done = contained("migrate", **owner)
    assert done.returncode == 0, done.stderr
    return variables


def test_the_web_process_is_ready(migrated, tmp_path):
    with running_web(tmp_path, extra=migrated) as url:
        with urllib.request.urlopen(f"{url}/health/ready") as answer:
            assert json.loads(answer.read())["status"] == "ready"
        probed = contained("probe", **migrated, PORT=url.rsplit(":", 1)[1])
        assert probed.returncode == 0, probed.stderr
    gone = contained("probe", **migrated, PORT=url.rsplit(":", 1)[1])
    assert gone.returncode == 1
    assert "does not answer" in gone.stderr


def test_a_worker_does_a_job_that_another_process_asked_for(migrated, tmp_path):
    asked = contained(
        "shell",
        *("--verbosity", "0", "--command"),
        "from common.jobs.dispatch import enqueue; print(enqueue('no.such.kind', {}).pk)",
        **migrated,
    )
    assert asked.returncode == 0, asked.stderr
    job = asked.stdout.split()[-1]
    with running_worker(tmp_path, concurrency=1, extra=migrated):
        deadline = time.monotonic() + 60
        while (row := _job(migrated, job))[0] != "failed":
            assert time.monotonic() < deadline, row
            time.sleep(0.1)
    assert row[1] == "No installed app knows how to do 'no.such.kind'."


def _job(variables: dict[str, str], job: str) -> tuple[str, str]:
    with psycopg.connect(variables["DATABASE_URL"]) as connection:
        connection.execute("SELECT set_config('tantieme.tenant', 'system', false)")
        row = connection.execute("SELECT status, error FROM jobs_job WHERE id = %s", [job])
        return row.fetchone() or ("", "")


def test_the_application_cannot_take_its_guards_away(migrated):
    with psycopg.connect(migrated["DATABASE_URL"], autocommit=True) as connection:
        for attack in (
            "ALTER TABLE royalty_journal DISABLE TRIGGER ALL",
            "ALTER TABLE royalty_statement NO FORCE ROW LEVEL SECURITY",
            "DROP TABLE royalty_entry",
            "SET ROLE tantieme_owner",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(attack)


def test_without_the_owners_password_nobody_migrates(migrated):
    refused = contained("migrate", **migrated)
    assert refused.returncode == 1
    assert "Set DATABASE_OWNER_URL" in refused.stderr


def test_a_wrong_password_is_no_traceback_of_secrets(migrated):
    wrong = migrated["DATABASE_URL"].replace("app-pass", "hunter2")
    refused = contained("trial_balance", **migrated | {"DATABASE_URL": wrong})
    assert refused.returncode != 0
    assert "hunter2" not in refused.stderr + refused.stdout


def test_a_container_with_faulty_variables_tells_them_all_and_ends(variables):
    faulty = contained("web", **variables | {"PORT": "x", "HTTPS": "maybe"})
    assert faulty.returncode == 1
    assert faulty.stderr.count("\n- ") == 2
    assert "Traceback" not in faulty.stderr
