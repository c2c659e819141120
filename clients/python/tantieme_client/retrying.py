"""Whether a request is sent again, and after how long. Pure decisions; the clients do the waiting.

Every request may be repeated: reading changes nothing, parts of uploads and changes of one thing
say what shall be, and each POST carries an Idempotency-Key, the same on all its attempts. Waits
grow exponentially with "full jitter", a uniform draw from zero to the bound, which keeps many
clients from coming back together (M. Brooker, "Exponential Backoff And Jitter", AWS 2015).
"""

import secrets
from dataclasses import dataclass

import httpx

from tantieme_client.problems import (
    ConnectionLost,
    TantiemeError,
    TantiemeProblem,
    UnexpectedAnswer,
)

PASSING = frozenset({408, 429, 500, 502, 503, 504})
CONFLICT = 409
_random = secrets.SystemRandom()


@dataclass(frozen=True)
class Retries:
    """How patient a client is. `most` counts the attempts after the first one."""

    most: int = 6
    first_seconds: float = 0.5
    longest_seconds: float = 20.0
    # A longer Retry-After is for the caller to decide on.
    patience_seconds: float = 120.0

    def wait_seconds(self, attempt: int, error: TantiemeError) -> float:
        """How long to wait after this attempt, counted from 0.

        Raises:
            TantiemeError: the error itself, where another attempt is of no use or was the last.
        """
        told = error.retry_after_seconds if isinstance(error, TantiemeProblem) else None
        if attempt >= self.most or not _passes(error) or (told or 0) > self.patience_seconds:
            raise error
        bound = min(self.longest_seconds, self.first_seconds * 2.0**attempt)
        if told is not None:
            # Not before the time, and not all at it.
            return told + _random.uniform(0, self.first_seconds)
        return _random.uniform(0, bound)


def lost(request: str, error: httpx.TransportError) -> ConnectionLost:
    """The connection broke, or no answer came in time."""
    reason = str(error) or type(error).__name__
    return ConnectionLost(f"{request} got no answer: {reason}")


def _passes(error: TantiemeError) -> bool:
    if isinstance(error, TantiemeProblem) and error.status == CONFLICT:
        # The same request, or another of ours, is still being worked on.
        return error.retry_after_seconds is not None
    if isinstance(error, TantiemeProblem | UnexpectedAnswer):  # the latter: a proxy's 502
        return error.status in PASSING
    return isinstance(error, ConnectionLost)
