"""`/health/live` and `/health/ready`, for whoever starts, watches and routes to this process.

They are answered before any session, tenant or host name is looked at: a probe knows none, comes
often, and must not fail for their sake. Answers say which part failed, never why: the reason may
hold addresses and names, and goes to the log.
"""

import logging
from collections.abc import Callable
from functools import cache
from uuid import uuid4

from celery import current_app
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse

log = logging.getLogger(__name__)

LIVE, READY = "/health/live", "/health/ready"
BROKER_SECONDS = 2


class Health:
    """Middleware, the first of all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == LIVE:
            return _uncached(JsonResponse({"status": "live"}))
        if request.path == READY:
            return _uncached(_ready())
        return self._get_response(request)


def _ready() -> HttpResponse:
    """200 if every part that a request needs is there, else 503; each part by name."""
    checks = {name: _outcome(name, check) for name, check in CHECKS.items()}
    is_ready = all(outcome == "ok" for outcome in checks.values())
    content = {"status": "ready" if is_ready else "not ready", "checks": checks}
    return JsonResponse(content, status=200 if is_ready else 503)


def _outcome(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Exception:
        log.warning("The readiness check of %s failed.", name, exc_info=True)
        return "failed"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    missing = _known_migrations() - set(MigrationRecorder(connection).applied_migrations())
    if missing:
        names = ", ".join(sorted(f"{app}.{name}" for app, name in missing))
        raise RuntimeError(f"The database lacks migrations; run manage.py migrate: {names}")


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def _broker() -> None:
    # A connection of its own: the shared pool's would hide that the broker went away.
    with current_app.connection_for_write(connect_timeout=BROKER_SECONDS) as broker:
        broker.transport_options = {
            **(broker.transport_options or {}),
            "socket_connect_timeout": BROKER_SECONDS,
            "socket_timeout": BROKER_SECONDS,
        }
        broker.ensure_connection(max_retries=1, interval_start=0)


def _storage() -> None:
    name = default_storage.save(f"health/{uuid4()}", ContentFile(b"ready"))
    default_storage.delete(name)


def _uncached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    "storage": _storage,
}
