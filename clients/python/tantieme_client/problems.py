"""What can go wrong, as exceptions to program against.

The API answers errors with problem documents (RFC 9457), whose `type` is stable. Each type on which
a program may want to act has a class here; others, also those newer than this client, are
`TantiemeProblem`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

TYPES = "/api/problems/"  # of a kind's page, before its slug
EXCERPT_LETTERS = 200
PLACES_SHOWN = 5


class TantiemeError(Exception):
    """Anything that this client raises on purpose."""


class ConnectionLost(TantiemeError):
    """No answer came, after all retries. What was sent may or may not have been taken: send the
    same again, under the same names, and it counts once."""


class UnexpectedAnswer(TantiemeError):
    """What answered does not speak like the API: a proxy, or another address."""

    def __init__(self, message: str, status: int) -> None:
        self.status = status
        super().__init__(message)


class WaitedTooLong(TantiemeError):
    """It is still being worked on. Nothing is lost: wait for it again."""


class JobFailed(TantiemeError):
    """A job ended without its result."""


class AttributionFailed(TantiemeError):
    """What shaped a piece could not be told; the message says why."""


class FileChanged(TantiemeError):
    """A file is not what it was when sending it began; nothing was made of it. Send it again."""


@dataclass(frozen=True)
class Place:
    """One thing that is wrong, and where: a JSON pointer, a field, or a line counted from 1."""

    detail: str
    pointer: str | None = None
    field: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        where = [f"line {self.line}"] if self.line else []
        where += [self.field or self.pointer or ""] if self.field or self.pointer else []
        return f"{', '.join(where)}: {self.detail}" if where else self.detail


class TantiemeProblem(TantiemeError):
    """The API refused a request; nothing has changed.

    `type` is the stable name, such as `invalid`; `errors` say where; quote `request_id` if you ask.
    """

    def __init__(self, document: Mapping[str, Any], retry_after_seconds: float | None) -> None:
        self.type = str(document.get("type", "")).removeprefix(TYPES)
        self.title = str(document.get("title", ""))
        self.status = int(document["status"])
        self.detail = str(document.get("detail", ""))
        self.instance = str(document.get("instance", ""))
        self.request_id = str(document.get("request_id", ""))
        self.errors = [_place(each) for each in document.get("errors", [])]
        self.retry_after_seconds = retry_after_seconds
        super().__init__(self.detail)

    def __str__(self) -> str:
        """The sentence, the first places and the request's id."""
        shown = [str(place) for place in self.errors[:PLACES_SHOWN]]
        places = [] if shown == [self.detail] else [f"  {place}" for place in shown]
        more = len(self.errors) - PLACES_SHOWN
        places += [f"  ... and {more} more"] if more > 0 else []
        about = f"({self.status} {self.type}, request {self.request_id})"
        return "\n".join([f"{self.detail or self.title} {about}", *places])


class InvalidKey(TantiemeProblem):
    """The key is missing, cut off, unknown, revoked or expired."""


class Forbidden(TantiemeProblem):
    """The key is good, but not for this: it lacks a scope."""


class AddressRefused(TantiemeProblem):
    """The key may not be used from this address."""


class NotFound(TantiemeProblem):
    """It does not exist, or is not yours."""


class Conflict(TantiemeProblem):
    """It contradicts what is known: the name is taken by something with another content."""


class InFlight(TantiemeProblem):
    """The same request is still being worked on."""


class PreconditionFailed(TantiemeProblem):
    """It has changed since you read it."""


class TooLarge(TantiemeProblem):
    """The body is larger than is taken there."""


class Invalid(TantiemeProblem):
    """Something in the request is wrong; `errors` say what and where."""


class KeyReused(TantiemeProblem):
    """The Idempotency-Key was used for another request."""


class RateLimited(TantiemeProblem):
    """Too many requests, also after the client waited as it was told."""


class FailedThere(TantiemeProblem):
    """Something failed on the API's side; nothing was changed."""


KINDS: dict[str, type[TantiemeProblem]] = {
    "invalid-key": InvalidKey,
    "forbidden": Forbidden,
    "address-refused": AddressRefused,
    "not-found": NotFound,
    "conflict": Conflict,
    "idempotency-in-flight": InFlight,
    "precondition-failed": PreconditionFailed,
    "too-large": TooLarge,
    "invalid": Invalid,
    "idempotency-key-reused": KeyReused,
    "rate-limited": RateLimited,
    "internal": FailedThere,
}


def error_of(response: httpx.Response) -> TantiemeProblem | UnexpectedAnswer:
    """The exception that an answer is which is no success."""
    document = _document(response)
    if document is None:
        excerpt = " ".join(response.text[:EXCERPT_LETTERS].split())
        request = response.request
        return UnexpectedAnswer(
            f"{request.method} {request.url.copy_with(query=None)} was answered by "
            f"{response.status_code} without a problem document: {excerpt!r}",
            response.status_code,
        )
    slug = str(document.get("type", "")).removeprefix(TYPES)
    return KINDS.get(slug, TantiemeProblem)(document, retry_after_seconds(response))


def retry_after_seconds(response: httpx.Response) -> float | None:
    """What Retry-After says, as seconds or as a date (RFC 9110, 10.2.3); None if nothing usable."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _document(response: httpx.Response) -> Mapping[str, Any] | None:
    if not response.headers.get("Content-Type", "").startswith("application/problem+json"):
        return None
    try:
        document = response.json()
    except ValueError:
        return None
    return {"status": response.status_code, **document} if isinstance(document, dict) else None


def _place(document: Mapping[str, Any]) -> Place:
    return Place(
        detail=str(document.get("detail", "")),
        pointer=document.get("pointer"),
        field=document.get("field"),
        line=document.get("line"),
    )
