"""Which function does which kind of job, and who is told when one has ended."""

from collections.abc import Callable
from typing import Any, Protocol

from common.jobs.models import Job


class Progress(Protocol):
    """How a handler tells how far it is."""

    def __call__(self, done: int, total: int, note: str = "") -> None: ...


def ignore_progress(done: int, total: int, note: str = "") -> None:
    """For work that nobody watches."""


Handler = Callable[[dict[str, Any], Progress], dict[str, Any]]

Listener = Callable[[Job], None]

_HANDLERS: dict[str, Handler] = {}
_LISTENERS: list[Listener] = []


class JobError(Exception):
    """The job cannot succeed however often it is tried; the message is for whoever asked for it."""


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register `function(payload, progress) -> result`; it may run more than once for one job."""

    def register(function: Handler) -> Handler:
        if kind in _HANDLERS:
            raise ValueError(f"Two handlers for {kind!r}.")
        _HANDLERS[kind] = function
        return function

    return register


def handler_for(kind: str) -> Handler:
    try:
        return _HANDLERS[kind]
    except KeyError:
        raise JobError(f"No installed app knows how to do {kind!r}.") from None


def when_finished(listener: Listener) -> Listener:
    """Register a function that is called with each job that ended, in the transaction in which it
    did: what it writes is there if and only if the job has ended. It acts as system, and must not
    fail, for the job would then count as not done."""
    _LISTENERS.append(listener)
    return listener


def tell_finished(job: Job) -> None:
    """Call everybody who wants to know that this job has ended."""
    for listener in _LISTENERS:
        listener(job)
