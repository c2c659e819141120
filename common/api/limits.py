"""How many requests a key may send, and what its answers say of that.

The headers are those of draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy` says how many
requests (`q`) in how many seconds (`w`), `RateLimit` how many of them are left (`r`) and in how
many seconds all are there again (`t`).
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from common.api.buckets import MICROSECONDS, Taken, buckets
from common.api.callers import Caller, caller_of
from common.api.problems import Problem, kind
from common.api.rates import Rate

POLICY_HEADER, HEADER, RETRY_AFTER = "RateLimit-Policy", "RateLimit", "Retry-After"
RATE_LIMITED = kind(
    "rate-limited",
    429,
    "Too many requests",
    "The key has sent more requests than it may, or too many wrong keys came from one address. "
    "Nothing was done. Wait for the seconds in Retry-After, then send the request again; the "
    "headers RateLimit and RateLimit-Policy say how much is left. Many events are best sent in "
    "one request.",
)
# Wrong keys from one address: nobody mistypes so often, and a program that does should stop.
WRONG_KEYS = Rate(30, 60)


def count_request(request: HttpRequest, caller: Caller) -> None:
    """Count a request of a key.

    Raises:
        Problem: it has sent too many.
    """
    taken = _take(f"key:{caller.prefix}", caller.rate)
    request.allowance = taken  # type: ignore[attr-defined]
    if taken is not None and not taken.is_allowed:
        raise _too_many(f"The key {caller.prefix} has sent more than {_said(caller.rate)}.", taken)


def count_wrong_key(address: str) -> None:
    """Count a request with a key that is none.

    Raises:
        Problem: too many came from this address.
    """
    taken = _take(f"wrong:{address}", WRONG_KEYS)
    if taken is not None and not taken.is_allowed:
        raise _too_many(f"More than {_said(WRONG_KEYS)} with a wrong key came from here.", taken)


class RateLimitHeaders:
    """Middleware: every answer to a key says what is left to it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        caller = caller_of(request)
        if caller is None:
            return response
        rate = caller.rate
        response[POLICY_HEADER] = f'"default";q={rate.requests};w={rate.seconds}'
        taken: Taken | None = getattr(request, "allowance", None)
        if taken is not None:
            seconds = _seconds(taken.full_in_microseconds)
            response[HEADER] = f'"default";r={taken.remaining};t={seconds}'
        return response


def _take(name: str, rate: Rate) -> Taken | None:
    store = buckets(settings.CACHE_URL)
    return None if store is None else store.take(name, rate)


def _too_many(sentence: str, taken: Taken) -> Problem:
    wait = _seconds(taken.wait_microseconds)
    detail = f"{sentence} Send it again in {wait} second{'' if wait == 1 else 's'}."
    return Problem(RATE_LIMITED, detail, headers={RETRY_AFTER: str(wait)})


def _said(rate: Rate) -> str:
    return f"{rate.requests:,} requests in {rate.seconds} seconds"


def _seconds(microseconds: int) -> int:
    """Rounded up: whoever waits that long need not wait again."""
    return -(-microseconds // MICROSECONDS)
