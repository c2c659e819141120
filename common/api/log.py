"""The log of requests: a line for each one that came with a key of ours, for whoever sent it.

The line is written in the request's own transaction, so it costs one INSERT and no commit, and is
there if and only if what the request did is. A request whose method failed has a line too, since
methods run in a savepoint. Where the line itself cannot be written, nothing was done, and the
answer says so. Bodies, queries and headers are not in it, but for those that are named here.
"""

import ipaddress
import json
import logging
import time
from collections.abc import Callable

from django.db import connection
from django.db.models import CharField
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from common.api.callers import Caller, caller_of
from common.api.handling import ADDRESS, CONTENT_TYPE, request_id
from common.api.idempotency import REPLAYED
from common.api.idempotency_key import HEADER as IDEMPOTENCY_KEY
from common.api.models import LoggedRequest

log = logging.getLogger(__name__)

MOST_BYTES = 2**63 - 1


class RequestLog:
    """Middleware inside of the one that gives a request its transaction."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self._get_response(request)
        caller = caller_of(request)
        if caller is None:
            return response
        if connection.needs_rollback:
            # Nothing can be written any more; the same line stands in our own log.
            log.error("%s cannot be noted: its transaction was given up.", request_id(request))
            return response
        _note(request, response, caller, time.perf_counter() - started)
        return response


def _note(request: HttpRequest, response: HttpResponse, caller: Caller, seconds: float) -> None:
    problem, detail = _problem(response)
    LoggedRequest.objects.create(
        tenant=caller.tenant,
        key=caller.prefix,
        request_id=request_id(request),
        answered_at=timezone.now(),
        method=_kept(request.method or "", "method"),
        path=_kept(request.path, "path"),
        status=response.status_code,
        problem=problem,
        detail=_kept(detail, "detail"),
        milliseconds=round(seconds * 1000),
        received_bytes=_length(request),
        idempotency_key=_kept(request.headers.get(IDEMPOTENCY_KEY, ""), "idempotency_key"),
        is_replay=response.has_header(REPLAYED),
        address=address_of(request),
        user_agent=_kept(request.headers.get("User-Agent", ""), "user_agent"),
    )


def address_of(request: HttpRequest) -> str | None:
    """From where a request came, in one spelling; None where a server does not say it."""
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def _problem(response: HttpResponse) -> tuple[str, str]:
    """The kind of problem that was answered and its sentence; empty if it was none."""
    if response.get("Content-Type") != CONTENT_TYPE:
        return "", ""
    document = json.loads(response.content)
    return document["type"].removeprefix(ADDRESS), document["detail"]


def _kept(text: str, field: str) -> str:
    """As much of a text from outside as the field takes, without what PostgreSQL refuses."""
    column = LoggedRequest._meta.get_field(field)
    assert isinstance(column, CharField)
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()[: column.max_length]


def _length(request: HttpRequest) -> int:
    """How many bytes the body was said to have."""
    text = request.headers.get("Content-Length", "")
    return min(int(text[:20]), MOST_BYTES) if text.isascii() and text.isdecimal() else 0
