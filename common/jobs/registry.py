"""Which function does which kind of job."""

from collections.abc import Callable
from typing import Any, Protocol


class Progress(Protocol):
    """How a handler tells how far it is."""

    def __call__(self, done: int, total: int, note: str = "") -> None: ...


def ignore_progress(done: int, total: int, note: str = "") -> None:
    """For work that nobody watches."""


Handler = Callable[[dict[str, Any], Progress], dict[str, Any]]

_HANDLERS: dict[str, Handler] = {}


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
