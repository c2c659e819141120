"""Ending a process, or the database's process behind it, at a named point of a step."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from unittest.mock import patch

import django
import psutil
from django.conf import settings
from django.db import connection, connections
from django.test import override_settings

django.setup()  # the server that processes are forked from imports this first

import common.storage  # noqa: E402
from common.database import tenancy  # noqa: E402
from common.jobs import dispatch  # noqa: E402
from royalty.services import proofs  # noqa: E402

PATIENCE_SECONDS = 60
Step = Callable[..., object]
Point = tuple[str, int]  # what the statement begins with (or "a file"), and the how manieth it is
FILE = "a file"
# Forked from a process without threads or connections, unlike the one that runs the tests.
_CLEAN = multiprocessing.get_context("forkserver")
_CLEAN.set_forkserver_preload(["tests.simulation.month"])


@contextmanager
def before(point: Point, end: Callable[[], None]) -> Iterator[None]:
    """Call `end` when the point is reached: before that statement is sent or that file written."""
    words, left = point[0], [point[1]]

    def reached(what: str) -> None:
        left[0] -= what.startswith(words)
        if left[0] == 0:
            left[0] = -1
            end()

    def send(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        reached(sql.strip())
        return execute(sql, *rest)

    def write(*arguments: Any) -> None:
        reached(FILE)
        really_write(*arguments)

    really_write = common.storage.write_whole
    with ExitStack() as stack:
        stack.enter_context(patch.object(common.storage, "write_whole", write))
        stack.enter_context(connection.execute_wrapper(send))
        yield


def process_killed(point: Point | None, step: Step, *arguments: Any) -> bool:
    """Take the step in a process of its own, killed at the point; whether it came to that.

    Without a point it is killed once the step is done, before it can tell anybody.
    """
    database = connection.settings_dict["NAME"]
    work = (point, database, settings.STORAGES["default"], step, arguments)
    child = _CLEAN.Process(target=_take_and_die, args=work)
    child.start()
    child.join(PATIENCE_SECONDS)
    assert not child.is_alive(), "it neither died nor came to an end"
    return child.exitcode == -signal.SIGKILL


def _take_and_die(
    point: Point | None, database: str, storage: dict[str, Any], step: Step, arguments: tuple
) -> None:
    for alias in ("default", "owner"):
        connections[alias].settings_dict["NAME"] = database
    tenancy.serve_as_system()
    with (
        override_settings(STORAGES=settings.STORAGES | {"default": storage}),
        without_chance(),
        before(point or ("", -1), _kill_myself),
    ):
        step(*arguments)
    if point is None:
        _kill_myself()


@contextmanager
def without_chance() -> Iterator[None]:
    """No worker is woken, and salts do not differ between two runs of the same month."""
    with (
        patch.object(dispatch, "wake", lambda job: None),
        patch.object(proofs, "token_bytes", bytes),
    ):
        yield


def backend_ended(point: Point, step: Step, *arguments: Any) -> bool:
    """Take the step while the database's process behind it is ended at the point."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    with suppress(Exception), before(point, lambda: _end_backend(backend)):
        step(*arguments)
    connections.close_all()
    return not psutil.pid_exists(backend)


def _kill_myself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _end_backend(backend: int) -> None:
    """As an administrator ends it; SIGKILL would take every database of the server with it."""
    process = psutil.Process(backend)
    process.terminate()
    process.wait(10)
