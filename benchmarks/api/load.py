"""A generator of load: so many connections, kept open, each sending its next request at once."""

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from statistics import median
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Request:
    """What one request sends."""

    method: str
    path: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Load:
    """What came of a load, of one turn or as medians of several."""

    per_second: float
    p50_milliseconds: float
    p99_milliseconds: float


Make = Callable[[int], Request]


def drive(url: str, make: Make, *, connections: int, seconds: float, status: int) -> Load:
    """Send requests for some seconds; the first answer of each connection is not counted.

    Args:
        make: the n-th request; called by several threads, with each number once.
        status: what every answer must have.

    Raises:
        RuntimeError: an answer had another status.
    """
    numbers, latencies = count(), [list[float]() for _ in range(connections)]
    faults: list[str] = []
    begun = time.perf_counter()
    threads = [
        threading.Thread(
            target=_caller, args=(url, make, numbers, begun + seconds, status, own, faults)
        )
        for own in latencies
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(faults[0])
    taken = sorted(latency for own in latencies for latency in own)
    return Load(
        per_second=len(taken) / (time.perf_counter() - begun),
        p50_milliseconds=1000 * taken[len(taken) // 2],
        p99_milliseconds=1000 * taken[len(taken) * 99 // 100],
    )


def medians(loads: list[Load]) -> Load:
    """The median of each figure."""
    return Load(
        median(load.per_second for load in loads),
        median(load.p50_milliseconds for load in loads),
        median(load.p99_milliseconds for load in loads),
    )


def _caller(
    url: str,
    make: Make,
    numbers: "count[int]",
    until: float,
    status: int,
    latencies: list[float],
    faults: list[str],
) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT_SECONDS)
    first = True
    while time.perf_counter() < until and not faults:
        request = make(next(numbers))
        sent = time.perf_counter()
        try:
            connection.request(request.method, request.path, request.body, dict(request.headers))
            answer = connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError):
            connection.close()  # a server's process that has served its time; the next one takes it
            first = True
            continue
        content = answer.read()
        if answer.status != status:
            faults.append(f"{request.method} {request.path}: {answer.status} {content[:300]!r}")
        elif not first:
            latencies.append(time.perf_counter() - sent)
        first = False
    connection.close()
