"""One request to an endpoint: pinned to a checked address, bounded in time and in what is read.

No redirect is followed, no proxy of the environment is asked, and nothing is remembered from one
request to the next. The connection goes to the very address that was checked, while certificate,
SNI and Host are those of the name. Knows no database.
"""

import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore

from accounts.webhooks.addresses import AddressRefused, guarded_addresses
from accounts.webhooks.models import EXCERPT_BYTES

STEP_SECONDS = 10.0  # to connect, or for anything to be heard
TOTAL_SECONDS = 15.0  # whatever a slow endpoint does meanwhile
GONE = 410


@dataclass(frozen=True)
class Answer:
    """How a request ended. `status` is None where there was no response; `error` then says why."""

    status: int | None
    duration_ms: int
    error: str = ""
    excerpt: str = ""
    retry_after_seconds: int = 0

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True)
class Shipment:
    """What is to be sent, and where."""

    url: str
    headers: Mapping[str, str]
    body: bytes


def send(shipment: Shipment, *, total_seconds: float = TOTAL_SECONDS) -> Answer:
    """POST it and hear the answer, within `total_seconds` and a look-up of the name."""
    started = time.monotonic()
    backend = _Guarded(started + total_seconds)
    try:
        status, excerpt, retry_after = _post(shipment, backend)
    except AddressRefused as refusal:
        return _unanswered(started, str(refusal))
    except httpcore.TimeoutException:
        return _unanswered(started, "It did not answer in time.")
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as error:
        return _unanswered(started, f"{type(error).__name__}: {error}")
    said = "" if 200 <= status < 300 else f"It answered {status}{_hint(status)}."
    return Answer(status, _since(started), said, excerpt, retry_after)


def _post(shipment: Shipment, backend: "_Guarded") -> tuple[int, str, int]:
    """Status, beginning of the response, and the seconds of its Retry-After."""
    headers = {**shipment.headers, "Connection": "close"}
    step = dict.fromkeys(("connect", "read", "write", "pool"), STEP_SECONDS)
    with (
        httpcore.ConnectionPool(
            ssl_context=_certificates(), network_backend=backend, max_keepalive_connections=0
        ) as pool,
        pool.stream(
            "POST",
            shipment.url,
            headers=list(headers.items()),
            content=shipment.body,
            extensions={"timeout": step},
        ) as response,
    ):
        return response.status, _beginning(response), _retry_after(response)


def _beginning(response: httpcore.Response) -> str:
    """At most `EXCERPT_BYTES` of the body, as text that can be kept; the rest is not read."""
    content = b""
    try:
        for part in response.iter_stream():
            content += part[: EXCERPT_BYTES - len(content)]
            if len(content) >= EXCERPT_BYTES:
                break
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        pass  # the status is what counts
    return content.decode(errors="replace").replace("\0", "�")


def _retry_after(response: httpcore.Response) -> int:
    for name, value in response.headers:
        if name.lower() == b"retry-after" and value.isdigit():
            return int(value[:9])
    return 0


def _hint(status: int) -> str:
    return "; redirects are not followed" if 300 <= status < 400 else ""


def _unanswered(started: float, error: str) -> Answer:
    return Answer(None, _since(started), error)


def _since(started: float) -> int:
    return int((time.monotonic() - started) * 1000)


@cache
def _certificates() -> ssl.SSLContext:
    return httpcore.default_ssl_context()


class _Guarded(httpcore.NetworkBackend):
    """Connects to nothing but addresses that were checked just now, and ends at a moment."""

    def __init__(self, ends_at: float) -> None:
        self._real = httpcore.SyncBackend()
        self._ends_at = ends_at

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        address = guarded_addresses(host.strip("[]"), port)[0]
        left = _left(self._ends_at, timeout, httpcore.ConnectTimeout)
        stream = self._real.connect_tcp(address, port, left, local_address, socket_options)
        return _Bounded(stream, self._ends_at)


class _Bounded(httpcore.NetworkStream):
    """A connection that is given up at a moment, however slowly the other side goes on."""

    def __init__(self, real: httpcore.NetworkStream, ends_at: float) -> None:
        self._real = real
        self._ends_at = ends_at

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = _left(self._ends_at, timeout, httpcore.ReadTimeout)
        return self._real.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._real.write(buffer, _left(self._ends_at, timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._real.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(self._ends_at, timeout, httpcore.ConnectTimeout)
        return _Bounded(self._real.start_tls(ssl_context, server_hostname, left), self._ends_at)

    def get_extra_info(self, info: str) -> Any:
        return self._real.get_extra_info(info)


def _left(ends_at: float, timeout: float | None, expired: type[Exception]) -> float:
    """The seconds for the next step."""
    left = ends_at - time.monotonic()
    if left <= 0:
        raise expired("The time for the whole request is over.")
    return left if timeout is None else min(left, timeout)
