"""A web server of our own: it answers when the block begins and is gone when it ends."""

import http.client
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from config.embedded.web import WebDidNotStart, running_web, stop_web

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_it_answers_while_the_block_runs_and_not_afterwards(tmp_path):
    with running_web(tmp_path) as url:
        assert status(f"{url}/health/live") == 200
        pid = int((tmp_path / "web.pid").read_text().split()[0])
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        assert len(family) == 3, "a master and two workers"
    assert not [process for process in family if process.is_running()]
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(url, timeout=2)


def test_it_serves_the_static_files_that_there_are_now(tmp_path):
    with running_web(tmp_path) as url:
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
        connection.request("GET", "/static/unfold/css/styles.css", headers={"Accept-Encoding": ""})
        response = connection.getresponse()
        assert response.status == 200
        assert response.read()
        connection.close()


def test_a_taken_port_is_told_in_a_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(WebDidNotStart, match=f"Port {port} .* cannot be used .* PORT="),
            running_web(tmp_path, port=port),
        ):
            pytest.fail("it must not start")


def test_a_server_that_cannot_start_tells_the_end_of_its_log(tmp_path):
    with (
        pytest.raises(WebDidNotStart, match="no_such_settings"),
        running_web(tmp_path, extra={"DJANGO_SETTINGS_MODULE": "no_such_settings"}),
    ):
        pytest.fail("it must not start")
    assert not stop_web(tmp_path), "nothing is left to stop"


def test_a_server_left_behind_by_a_killed_run_is_ended(tmp_path):
    program = (
        "import os, pathlib, signal, django\n"
        "django.setup()\n"
        "from config.embedded.web import running_web\n"
        f"with running_web(pathlib.Path({str(tmp_path)!r})):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    left_behind = psutil.Process(int((tmp_path / "web.pid").read_text().split()[0]))
    assert left_behind.is_running()
    assert stop_web(tmp_path)
    assert not left_behind.is_running() or left_behind.status() == psutil.STATUS_ZOMBIE
