"""Idempotency-Key: the same request sent again gets the same response, and does nothing again.

The response is stored in the transaction of its effect, so that one is there if and only if the
other is. While a request works, it holds an advisory lock on its key; another with the same key
does not wait but is told to come back (409). An error undoes everything and stores nothing, so a
corrected request may use the same key. Stored responses are kept for thirty days
(`common.api.retention`).
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import connection
from django.http import HttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.bodies import Lines
from common.api.idempotency_key import HEADER, idempotency_key
from common.api.models import StoredResponse
from common.api.problems import IN_FLIGHT, KEY_REUSED, Problem
from common.database import tenancy
from common.hashing import sha256_bytes

REPLAYED = "Idempotency-Replayed"
RETRY_AFTER_SECONDS = 1

Method = Callable[..., Response]


def idempotent(method: Method) -> Callable[..., HttpResponse]:
    """Let a resource's method be repeated safely under the header Idempotency-Key.

    The method must raise on errors; what it returns has succeeded.
    """

    @wraps(method)
    def repeatable(self: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        key = idempotency_key(request)
        if key is None:
            return _rendered(method(self, request, *args, **kwargs))
        tenant, digest = tenancy.current(), _sha256(request)
        _lock(tenant, key)
        stored = StoredResponse.objects.filter(tenant=tenant, key=key).first()
        if stored is not None:
            return _replay(stored, digest)
        response = _rendered(method(self, request, *args, **kwargs))
        StoredResponse.objects.create(
            tenant=tenant,
            key=key,
            request_sha256=digest,
            status=response.status_code,
            headers=dict(response.items()),
            body=response.content,
        )
        return response

    return repeatable


def _lock(tenant: str, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"idempotency {tenant} {key}"],
        )
        if not cursor.fetchone()[0]:
            raise Problem(
                IN_FLIGHT,
                "The first request with this Idempotency-Key has not ended yet; ask again soon.",
                headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
            )


def _replay(stored: StoredResponse, digest: str) -> HttpResponse:
    if stored.request_sha256 != digest:
        raise Problem(
            KEY_REUSED,
            f"This {HEADER} was used for another request on {stored.created_at:%Y-%m-%d %H:%M} "
            "UTC. Use a new key for a new request.",
        )
    headers = {**stored.headers, REPLAYED: "true"}
    return HttpResponse(bytes(stored.body), status=stored.status, headers=headers)


def _rendered(response: Response) -> HttpResponse:
    content = JSONRenderer().render(response.data)
    headers = {**dict(response.items()), "Content-Type": "application/json"}
    return HttpResponse(content, status=response.status_code, headers=headers)


def _sha256(request: Request) -> str:
    """The hash of what was asked: a form's boundary and a JSON object's spelling do not count."""
    parts = [request.method, request.path, sorted(request.query_params.lists()), _body(request)]
    return sha256_bytes(json.dumps(parts).encode())


def _body(request: Request) -> Any:
    sent = request.data
    if isinstance(sent, Lines):
        return sent.sha256
    files = [
        [name, sha256_bytes(file.read())]
        for name, file in sorted(request.FILES.items())
        if file.seek(0) == 0
    ]
    for file in request.FILES.values():
        file.seek(0)
    fields = sorted(request.POST.lists()) if request.FILES or sent else []
    return [fields, files]
