"""Who sends half a body, or sends it too slowly, is told so, and nothing of it is taken."""

import json
import socket
from urllib.parse import urlsplit

import pytest
from django.test import RequestFactory
from rest_framework.request import Request

from common.api import pace
from common.api.bodies import OneObject
from common.api.problems import TOO_SLOW, Problem
from tests.client.conftest import Served

pytestmark = pytest.mark.slow
LINE = json.dumps(
    {
        "event_id": "cut-off",
        "service": "studio",
        "generation": "G1",
        "subscriber": "s",
        "used_at": "2026-10-03T12:00:00Z",
        "count": 1,
    }
).encode()


def connected(served: Served, content_type: str, stated_bytes: int) -> socket.socket:
    """A connection on which the headers of a report of uses were sent."""
    place = urlsplit(served.url)
    connection = socket.create_connection((place.hostname, place.port), timeout=60)
    connection.sendall(
        f"POST /api/v1/usage HTTP/1.1\r\nHost: {place.netloc}\r\n"
        f"Authorization: Bearer {served.acme}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {stated_bytes}\r\n\r\n".encode()
    )
    return connection


def answer(connection: socket.socket) -> tuple[int, dict]:
    content = b""
    while block := connection.recv(65536):
        content += block
        head, _, body = content.partition(b"\r\n\r\n")
        if body.endswith(b"}"):
            return int(head.split()[1]), json.loads(body)
    raise AssertionError(content)


@pytest.mark.parametrize("content_type", ["application/json", "application/x-ndjson"])
def test_half_a_body_that_looks_like_a_whole_one_is_refused(served, content_type):
    with connected(served, content_type, 2 * len(LINE) + 1) as connection:
        connection.sendall(LINE + b"\n")
        connection.shutdown(socket.SHUT_WR)
        status, document = answer(connection)
    assert (status, document["type"]) == (400, "/api/problems/unreadable-body")
    assert f"{len(LINE) + 1:,} of {2 * len(LINE) + 1:,} bytes arrived" in document["detail"]
    assert served.count("royalty_usageevent", "event_id = 'cut-off'") == 0


def test_a_body_that_is_overdue_is_given_up_and_its_sender_told(monkeypatch):
    monkeypatch.setattr(pace, "SECONDS", 0.0)
    here, there = socket.socketpair()
    there.sendall(LINE[:10])
    request = RequestFactory().post("/", LINE, "application/json")
    request.META[pace.CONNECTION] = here
    with (
        here,
        there,
        pace.kept(request),
        here.makefile("rb") as stream,
        pytest.raises(Problem) as refused,
    ):
        OneObject().parse(stream, None, {"request": Request(request)})
    assert refused.value.kind is TOO_SLOW
    assert f"10 of {len(LINE)} bytes" in refused.value.detail


def test_a_body_that_came_in_time_is_not_given_up(monkeypatch):
    here, there = socket.socketpair()
    there.sendall(LINE)
    request = RequestFactory().post("/", LINE, "application/json")
    request.META[pace.CONNECTION] = here
    with here, there, here.makefile("rb", buffering=0) as stream:
        with pace.kept(request):
            assert stream.read(len(LINE)) == LINE
        assert not pace.was_given_up(request)
        there.sendall(b"next")
        assert stream.read(4) == b"next"
