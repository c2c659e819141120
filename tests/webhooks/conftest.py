"""The cast: Acme and Bolt, who are told what happens, and a real server that hears it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import pytest
from celery import current_app

import accounts.webhooks.tasks  # noqa: F401 knows how jobs are done
from accounts.models import Organisation
from accounts.webhooks.models import Endpoint
from accounts.webhooks.secrets import secret_of
from accounts.webhooks.services.delivering import deliver_due
from accounts.webhooks.services.emitting import emit
from accounts.webhooks.services.endpoints import create_endpoint

NOW = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
KEY = {"prefix": "tantieme_live_abc", "name": "prod", "expires_at": "2026-12-01T00:00:00+00:00"}


@dataclass
class Heard:
    """A request that arrived."""

    headers: dict[str, str]
    body: bytes


Answering = Callable[[BaseHTTPRequestHandler], None]


def answer(status: int, body: bytes = b"", **headers: str) -> Answering:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return respond


@dataclass
class Receiver:
    """A platform's server. `answers` are used up one by one; then it takes everything."""

    url: str
    heard: list[Heard] = field(default_factory=list)
    answers: list[Answering] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [each.headers["webhook-id"] for each in self.heard]

    def forget(self) -> None:
        self.heard.clear()
        self.answers.clear()


@pytest.fixture(scope="session")
def server() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.heard.append(Heard(headers, body))
            respond = receiver.answers.pop(0) if receiver.answers else answer(200, b"thanks")
            with suppress(OSError):  # we are hung up on, as some tests want
                respond(self)

        def log_message(self, *_: Any) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    receiver = Receiver(f"http://127.0.0.1:{listening.server_port}/hooks")
    threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
    yield receiver
    listening.shutdown()
    listening.server_close()


@pytest.fixture
def receiver(server: Receiver) -> Receiver:
    server.forget()
    return server


@pytest.fixture(autouse=True)
def this_machine(settings) -> None:
    """As in a sandbox: this machine may be told, without encryption."""
    settings.WEBHOOK_ALLOW_HTTP = True
    settings.WEBHOOK_ALLOWED_NETWORKS = (ip_network("127.0.0.0/8"),)


@pytest.fixture(autouse=True)
def woken(monkeypatch) -> list[str]:
    """The wake-ups that were sent; no worker listens."""
    sent: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **_: sent.append(name))
    return sent


@pytest.fixture
def acme(db) -> Organisation:
    return Organisation.objects.create(name="Acme", kind=Organisation.Kind.PLATFORM)


@pytest.fixture
def bolt(db) -> Organisation:
    return Organisation.objects.create(name="Bolt", kind=Organisation.Kind.PLATFORM)


@pytest.fixture
def endpoint(acme, receiver) -> Endpoint:
    return create_endpoint(organisation=acme, url=receiver.url)


def happen(organisation: Organisation, *, as_of: datetime = NOW) -> None:
    emit(organisation.pk, "key.expiring", KEY, as_of=as_of)


def deliver(as_of: datetime = NOW) -> int:
    return deliver_due(clock=lambda: as_of)


def secret(endpoint: Endpoint) -> str:
    endpoint.refresh_from_db()
    return secret_of(bytes(endpoint.salt))
