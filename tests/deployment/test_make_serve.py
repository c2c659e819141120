"""`make serve`: one command, everything answers; Ctrl-C, and everything of it is gone."""

import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from config.embedded.places import places
from tests.deployment.conftest import free_port
from tests.jobs.test_real_worker import wait_for

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def variables(committed_db, broker_url, tmp_path) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": places().url("tantieme_app", committed_db),
        "DATABASE_OWNER_URL": places().url("tantieme_owner", committed_db),
        "CELERY_BROKER_URL": broker_url,
        "SECRET_KEY": "of the tests",
        "TANTIEME_HOME": str(tmp_path),
        "STATIC_ROOT": str(settings.STATIC_ROOT),  # collected once; tests/e2e collect their own
        "PORT": str(free_port()),
    }


@contextmanager
def serving(variables: dict[str, str], output: Path) -> Iterator[subprocess.Popen[bytes]]:
    with output.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.serving"],
            cwd=ROOT,
            env=variables,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(lambda: "Ctrl-C" in output.read_text() or process.poll() is not None)
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def pids(home: Path) -> list[int]:
    return [int((home / f"{name}.pid").read_text().split()[0]) for name in ("web", "worker")]


def test_everything_answers_and_ends_with_it(variables, tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "users.txt").write_text("dora@example.org  a-printed-[password]\n")
    with serving(variables, tmp_path / "output") as process:
        told = (tmp_path / "output").read_text()
        url = f"http://127.0.0.1:{variables['PORT']}"
        addresses = re.findall(rf"{url}(/\S*)", told)
        assert set(addresses) == {"/", "/api/reference", "/admin/", "/health/ready", "/metrics"}
        assert "a-printed-[password]" in told, "as it stands in the file"
        for path in addresses:
            with urllib.request.urlopen(url + path) as answer:
                assert answer.status == 200, path
        started = [psutil.Process(pid) for pid in pids(tmp_path)]
    assert process.returncode == 0
    assert not [each for each in started if each.is_running()]
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(url, timeout=2)


def test_a_second_one_says_that_the_port_is_taken_and_leaves_the_first_alone(variables, tmp_path):
    with serving(variables, tmp_path / "output"):
        before = pids(tmp_path)
        second = subprocess.run(
            [sys.executable, "-m", "config.serving"],
            cwd=ROOT,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 1
        assert re.search(r"cannot be used .* PORT=8001 make serve", second.stdout, re.S)
        assert pids(tmp_path) == before
        with urllib.request.urlopen(f"http://127.0.0.1:{variables['PORT']}/health/live") as answer:
            assert answer.status == 200


def test_faulty_variables_are_told_without_a_traceback(variables):
    done = subprocess.run(
        [sys.executable, "-m", "config.serving"],
        cwd=ROOT,
        env=variables | {"PORT": "eighty"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "PORT='eighty' is not a whole number" in done.stdout
    assert "Traceback" not in done.stderr + done.stdout
