"""Problems: what goes wrong in an API call, as RFC 9457 documents of a fixed list of kinds.

Each kind has an address that never changes and leads to a page that says what it means and what
to do. An app adds its kinds with `kind`, and says with `translates` which of its exceptions are
problems; everything that nobody foresaw is `INTERNAL`, which tells nothing but the request's id.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict, TypeVar


class Place(TypedDict, total=False):
    """One thing that is wrong, and where: a JSON pointer, a form field or parameter, or a line."""

    pointer: str
    field: str
    line: int
    detail: str


@dataclass(frozen=True)
class Kind:
    """A kind of problem. `meaning` says what it means and what to do, for the kind's page."""

    slug: str
    status: int
    title: str
    meaning: str


class Problem(Exception):
    """A request that cannot be done; the detail is a sentence for whoever sent it."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        errors: Sequence[Place] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})


KINDS: dict[str, Kind] = {}

_Refusal = TypeVar("_Refusal", bound=Exception)
_TRANSLATIONS: dict[type[Exception], Callable[..., Problem]] = {}


def kind(slug: str, status: int, title: str, meaning: str) -> Kind:
    """List a kind of problem; its slug is part of its address and is never used again."""
    if slug in KINDS:
        raise ValueError(f"Two kinds of problem are called {slug!r}.")
    KINDS[slug] = Kind(slug, status, title, meaning)
    return KINDS[slug]


def translates(
    refusal: type[_Refusal],
) -> Callable[[Callable[[_Refusal], Problem]], Callable[[_Refusal], Problem]]:
    """Register the function that turns an app's exception into a problem."""

    def register(function: Callable[[_Refusal], Problem]) -> Callable[[_Refusal], Problem]:
        _TRANSLATIONS[refusal] = function
        return function

    return register


def translated(error: Exception) -> Problem | None:
    """The problem that an exception is; None if nobody said so."""
    for each in type(error).__mro__:
        if each in _TRANSLATIONS:
            return _TRANSLATIONS[each](error)
    return None


BAD_REQUEST = kind(
    "bad-request",
    400,
    "The request cannot be understood",
    "The request breaks the rules of HTTP or of a form. Look at its headers, its address and the "
    "encoding of its body; the detail says which of them.",
)
UNREADABLE_BODY = kind(
    "unreadable-body",
    400,
    "The body cannot be read",
    "The body is not what its Content-Type says: no JSON, no UTF-8, a field twice, nested too "
    "deep, or a form that was cut off. Nothing was changed.",
)
UNKNOWN_PARAMETER = kind(
    "unknown-parameter",
    400,
    "A query parameter cannot be used",
    "The query has a parameter that this address does not know, or with a value that it does not "
    "take. Unknown parameters are refused, since a misspelt filter would show everything.",
)
INVALID_KEY = kind(
    "invalid-key",
    401,
    "No valid key",
    "Send `Authorization: Bearer <key>`. The key is missing, cut off, unknown, revoked or expired; "
    "the detail says which. Signing in with a browser does not open the API.",
)
FORBIDDEN = kind(
    "forbidden",
    403,
    "The key may not do this",
    "The key is good, but not for this. A key has scopes, which the detail names, and some "
    "resources are there for platforms alone. Use another key, or have one made.",
)
NOT_FOUND = kind(
    "not-found",
    404,
    "There is nothing here",
    "The address does not exist, or names something that is not yours: the two look the same on "
    "purpose. Addresses have no slash at their end.",
)
METHOD_NOT_ALLOWED = kind(
    "method-not-allowed",
    405,
    "This address does not take this method",
    "The header Allow lists the methods that it takes.",
)
NOT_ACCEPTABLE = kind(
    "not-acceptable",
    406,
    "It cannot be sent in the form that was asked for",
    "Answers are JSON; leave out the header Accept, or let it include application/json.",
)
TOO_SLOW = kind(
    "too-slow",
    408,
    "The body did not arrive in time",
    "A body has half a minute, and more if it is large. Nothing was changed: send the same again, "
    "over a better connection or in smaller parts.",
)
CONFLICT = kind(
    "conflict",
    409,
    "This contradicts what is known",
    "The name is taken by something with another content. Names are never reused: send it under "
    "another one.",
)
IN_FLIGHT = kind(
    "idempotency-in-flight",
    409,
    "The same request is being worked on",
    "Another request with this Idempotency-Key has not ended yet. Send it again after the seconds "
    "in Retry-After; you will then get its response.",
)
ADDRESS_TOO_LONG = kind(
    "address-too-long",
    414,
    "The address is too long",
    "Path and query together have more letters than are read. Ask for less at a time, or send a "
    "body.",
)
LENGTH_REQUIRED = kind(
    "length-required",
    411,
    "The body's length is missing",
    "A body needs the header Content-Length; it cannot be sent in chunks of unknown number.",
)
TOO_LARGE = kind(
    "too-large",
    413,
    "The body is too large",
    "The detail names the limit. Send several parts; what was sent twice counts once.",
)
UNSUPPORTED_MEDIA_TYPE = kind(
    "unsupported-media-type",
    415,
    "This kind of body is not taken here",
    "The detail names the kinds that are. Compressed bodies are not taken.",
)
INVALID = kind(
    "invalid",
    422,
    "Something in the request is wrong",
    "The request could be read, but a field says something that cannot be. `errors` lists what is "
    "wrong and where, as a JSON pointer, a form field or a line. Nothing was changed.",
)
KEY_REUSED = kind(
    "idempotency-key-reused",
    422,
    "The Idempotency-Key belongs to another request",
    "This Idempotency-Key was used for a request with another method, address or body. Use a new "
    "key for a new request; repeat the very same request to get its response again.",
)
INTERNAL = kind(
    "internal",
    500,
    "Something failed on our side",
    "Nothing was changed. Send the request again later; if it fails again, tell us its request_id.",
)
