"""The program that asks: what the log and the limits of requests need to know of its key."""

from typing import Protocol, cast

from django.http import HttpRequest

from common.api.rates import Rate


class Caller(Protocol):
    """A key that was found to be right, though perhaps not good (any more)."""

    @property
    def prefix(self) -> str:
        """The part of the key that is not secret."""

    @property
    def tenant(self) -> str:
        """As whom it asks the database."""

    @property
    def rate(self) -> Rate:
        """How often it may ask."""


def introduce(request: HttpRequest, caller: Caller) -> None:
    """Say who asks, as soon as it is known."""
    request.caller = caller  # type: ignore[attr-defined]


def caller_of(request: HttpRequest) -> Caller | None:
    """Who asks; None for browsers, and for whoever sent no key or a wrong one."""
    return cast("Caller | None", getattr(request, "caller", None))
