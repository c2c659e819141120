"""Every request gets an id, a line in the log and a place in the metrics."""

import re
import time
from collections.abc import Callable
from uuid import uuid4

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.observability import metrics

log = structlog.get_logger("tantieme.requests")

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,128}", re.ASCII)


class Observed:
    """Middleware: `request.request_id` is the caller's `X-Request-ID`, or one of our own.

    It goes back in the answer's header and into every line that is logged meanwhile. Only a
    well-formed id is taken over: it ends up in logs and on pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        request_id = given if WELL_FORMED.fullmatch(given) else uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id), metrics.in_flight():
            response = self._get_response(request)
            seconds = time.perf_counter() - started
            _record(request, response, seconds)
        response[HEADER] = request_id
        return response


def _record(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    view = _view(request)
    metrics.observe(view, request.method or "", response.status_code, seconds)
    log.info(
        "request",
        method=request.method,
        path=request.path,
        view=view,
        status=response.status_code,
        milliseconds=round(seconds * 1000, 1),
        user=_id(getattr(request, "user", None)),
        organisation=_id(getattr(request, "organisation", None)),
    )


def _view(request: HttpRequest) -> str:
    """Which view answered: a name of ours, never what somebody sent."""
    match = request.resolver_match
    if match is not None:
        return match.view_name or match._func_path
    return "static" if request.path.startswith(settings.STATIC_URL) else "none"


def _id(whom: object) -> int | None:
    """The id of a person or organisation; None for nobody."""
    found = getattr(whom, "pk", None)
    return found if isinstance(found, int) else None
