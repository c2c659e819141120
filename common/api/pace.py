"""The pace at which bodies must arrive: a slow client must not keep a thread from everybody else.

One thread a process looks every second whose body is overdue and stops the reading of its
connection; whoever reads it then finds the body's end too early (`bodies.refuse_cut_off`). Headers
and answers are the affair of the proxy in front.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

SECONDS = 30.0  # that any body has
BYTES_PER_SECOND = 32 << 10  # for each so many there is a second more
CONNECTION = "gunicorn.socket"  # in the environment of a request, where gunicorn serves
LOOKS_SECONDS = 1.0


@dataclass(eq=False)
class _Wait:
    """A body that is waited for."""

    connection: socket.socket
    until: float
    is_given_up: bool = False


_waits: set[_Wait] = set()
_lock = threading.Lock()
_watch: list[threading.Thread] = []


@contextmanager
def kept(request: HttpRequest) -> Iterator[None]:
    """Give up reading the request's body if it is overdue while the block runs."""
    connection = request.META.get(CONNECTION)
    if connection is None or request.method in {"GET", "HEAD"}:
        yield
        return
    wait = _Wait(connection, time.monotonic() + _seconds(request))
    request.META[__name__] = wait
    with _lock:
        _waits.add(wait)
        if not _watch:
            _watch.append(threading.Thread(target=_look, name="pace of bodies", daemon=True))
            _watch[0].start()
    try:
        yield
    finally:
        with _lock:
            _waits.discard(wait)


def was_given_up(request: HttpRequest | Request) -> bool:
    """Whether the reading of the request's body was stopped for its pace."""
    wait: Any = request.META.get(__name__)
    return wait is not None and wait.is_given_up


def _seconds(request: HttpRequest) -> float:
    stated = request.headers.get("Content-Length", "")
    size_bytes = int(stated[:20]) if stated.isdecimal() else 0
    return SECONDS + size_bytes / BYTES_PER_SECOND


def _look() -> None:
    while True:
        time.sleep(LOOKS_SECONDS)
        now = time.monotonic()
        with _lock:
            overdue = [wait for wait in _waits if wait.until < now and not wait.is_given_up]
            for wait in overdue:
                _give_up(wait)


def _give_up(wait: _Wait) -> None:
    wait.is_given_up = True
    with suppress(OSError):  # where it is gone already
        wait.connection.shutdown(socket.SHUT_RD)
