"""A web server of our own, for `make serve` and the tests: the real gunicorn, started for you."""

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config.embedded import processes
from config.embedded.static_files import collect_if_changed

NAME = "web"
ADDRESS = "127.0.0.1"
START_SECONDS = 60
LOG_LINES = 80  # the cause, and what gunicorn may say of its own end after it


class WebDidNotStart(Exception):
    """No page can be served; the message says why, or holds the end of the server's log."""


@contextmanager
def running_web(
    home: Path, *, port: int = 0, extra: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Serve the pages and the API while the block runs; yields the address without a last slash.

    It answers when the block begins, with all static files in place. It logs to `home/web.log`.

    Args:
        home: folder for its log and pid.
        port: where it listens; 0 takes any that is free.
        extra: environment variables beside those of this process.

    Raises:
        WebDidNotStart: the port is taken, or the server ended or gave no answer in a minute.
    """
    collect_if_changed()
    with _listening(port) as listener:
        command = [
            *(sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"),
            *("--bind", f"fd://{listener.fileno()}", "config.wsgi"),
        ]
        process = processes.start(
            home, NAME, command, extra=extra or {}, pass_fds=[listener.fileno()]
        )
        port = listener.getsockname()[1]
    try:
        _wait_until_it_answers(process, port, home / f"{NAME}.log")
        yield f"http://{ADDRESS}:{port}"
    finally:
        stop_web(home)
        process.wait()


def stop_web(home: Path) -> bool:
    """End the web server of this home with its children; returns whether there was one."""
    return processes.stop(home, NAME)


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """A socket that listens before the server starts, so that nobody can take the port between."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with listener:
        try:
            listener.bind((ADDRESS, port))
        except OSError as error:
            raise WebDidNotStart(
                f"Port {port} of {ADDRESS} cannot be used ({error.strerror}). End what listens "
                "there, or choose another: PORT=8001 make serve."
            ) from None
        listener.listen(128)
        yield listener


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_LINES:])
            raise WebDidNotStart(f"The web server did not start; {log} ends:\n{tail}")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=5)
    try:
        connection.request("GET", "/health/live")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
