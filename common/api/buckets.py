"""Buckets of tokens that all web processes share, kept in Redis or Valkey.

The generic cell rate algorithm (ITU-T I.371): of a bucket only the moment is kept at which it will
be full again. Taking a token puts that moment off by the time in which one comes back; there is
none left if it would then be further away than a whole window. One number a bucket, one script a
request, and the clock of the server that keeps it; a bucket that is full is forgotten.

Nothing is lost with the store: without it nothing is limited, which is logged.
"""

import logging
import time
from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qs, urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from common.api.rates import Rate

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 0.25
# After a failure nobody waits for the store again this long.
LEFT_ALONE_SECONDS = 5.0
MICROSECONDS = 1_000_000
_NAME = "tantieme:bucket:{}"
# Numbers are microseconds; a double holds those of our century exactly.
_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local interval, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local then_full_in = full_at + interval - now
if then_full_in > window then
  return {0, 0, math.ceil(then_full_in - window), math.ceil(full_at - now)}
end
redis.call('SET', KEYS[1], string.format('%.0f', now + then_full_in),
           'PX', math.ceil(then_full_in / 1000))
return {1, math.floor((window - then_full_in) / interval + 0.001), 0, math.ceil(then_full_in)}
"""


@dataclass(frozen=True)
class Taken:
    """What became of taking a token."""

    is_allowed: bool
    remaining: int
    wait_microseconds: int  # until one could be taken; 0 if one was
    full_in_microseconds: int


class Buckets:
    """The buckets at one address."""

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 1),
        )
        self._take = self._client.register_script(_TAKE)
        self._left_alone_until = 0.0

    def take(self, name: str, rate: Rate) -> Taken | None:
        """Take a token out of the bucket of this name; None if that cannot be told now."""
        if time.monotonic() < self._left_alone_until:
            return None
        window = rate.seconds * MICROSECONDS
        try:
            answer = self._take(keys=[_NAME.format(name)], args=[window / rate.requests, window])
        except redis.RedisError as error:
            self._left_alone_until = time.monotonic() + LEFT_ALONE_SECONDS
            log.warning("Requests are not limited: the store of limits is away (%s).", error)
            return None
        is_allowed, remaining, wait, full_in = answer
        return Taken(bool(is_allowed), remaining, wait, full_in)


@cache
def buckets(url: str) -> Buckets | None:
    """The buckets at an address as CACHE_URL and CELERY_BROKER_URL name it; None for no address."""
    if not url:
        log.warning("Requests are not limited: CACHE_URL names no Redis or Valkey.")
        return None
    return Buckets(client_address(url))


def client_address(url: str) -> str:
    """The address in the words of the client; that of the broker is in Celery's."""
    parts = urlsplit(url)
    if parts.scheme == "redis+socket":
        number = parse_qs(parts.query).get("virtual_host", ["0"])[0]
        return f"unix://{parts.path}?db={number}"
    if parts.scheme.startswith("valkey"):
        return url.replace("valkey", "redis", 1)
    return url
