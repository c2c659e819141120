"""What Prometheus reads at `/metrics`.

Requests are counted by each process in files of one folder, which gunicorn's master makes and
`prometheus_client` adds up. Jobs and connections are read from the database when somebody asks, so
they are right however many workers there are, and after any restart.
"""

import hmac
import ipaddress
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from config.observability.database_metrics import DatabaseMetrics

PATH = "/metrics"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

REQUESTS = Counter(
    "tantieme_http_requests", "Requests that were answered.", ["view", "method", "status"]
)
DURATION = Histogram(
    "tantieme_http_request_seconds",
    "Time until the answer began.",
    ["view", "method"],
    buckets=SECONDS,
)
IN_FLIGHT = Gauge(
    "tantieme_http_requests_in_flight",
    "Requests that are being answered.",
    multiprocess_mode="livesum",
)


@contextmanager
def in_flight() -> Iterator[None]:
    IN_FLIGHT.inc()
    try:
        yield
    finally:
        IN_FLIGHT.dec()


def observe(view: str, method: str, status: int, seconds: float) -> None:
    """Count a request. What strangers may choose freely is no label: each value costs memory."""
    method = method if method in METHODS else "other"
    REQUESTS.labels(view, method, str(status)).inc()
    DURATION.labels(view, method).observe(seconds)


class Metrics:
    """Middleware that answers `/metrics` before sessions and tenants, to those who may read it.

    These are whoever sends `Authorization: Bearer <METRICS_TOKEN>`, and, where no token is set,
    callers on this machine. A forwarded request is never local, wherever its proxy runs.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path != PATH:
            return self._get_response(request)
        if not _may_read(request):
            return HttpResponse("Not found.", status=404, content_type="text/plain")
        return HttpResponse(page(), content_type=CONTENT_TYPE_LATEST)


def page() -> bytes:
    """All metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for metric in (REQUESTS, DURATION, IN_FLIGHT):
            registry.register(metric)
    registry.register(DatabaseMetrics())
    registry.register(_Build())
    return generate_latest(registry)


def _may_read(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        # As bytes: compare_digest refuses text beyond ASCII.
        same = hmac.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
        return scheme.lower() == "bearer" and same
    if "Forwarded" in request.headers or "X-Forwarded-For" in request.headers:
        return False
    return ipaddress.ip_address(request.META["REMOTE_ADDR"]).is_loopback


class _Build(Collector):
    """Which version runs."""

    def collect(self) -> Iterable[Metric]:
        info = GaugeMetricFamily("tantieme_build_info", "Always 1.", labels=["version"])
        info.add_metric([version("tantieme")], 1)
        yield info
