"""A proxy before the server that loses answers, or gives others, as a test tells it to."""

import http.client
import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import urlsplit

RESET = struct.pack("ii", 1, 0)  # linger for no time: the peer sees a reset connection


@dataclass
class Weather:
    """What happens to the next requests, in order; afterwards all pass. It notes what came by.

    A request whose path ends with `swallowing` is held for ever; then `swallowed` is set.
    """

    url: str
    swallowing: str = ""
    swallowed: threading.Event = field(default_factory=threading.Event)
    coming: list["Cut | Instead"] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    seen: list[tuple[str, str | None]] = field(default_factory=list)  # path, Idempotency-Key


@dataclass(frozen=True)
class Cut:
    """The server does what it is asked, and the answer never arrives."""


@dataclass(frozen=True)
class Instead:
    """The server is not asked; the proxy answers so."""

    status: int
    slug: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream: ClassVar[str]
    weather: ClassVar[Weather]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.weather.seen.append((self.path, self.headers.get("Idempotency-Key")))
        if self.weather.swallowing and self.path.endswith(self.weather.swallowing):
            self.weather.swallowed.set()
            self.rfile.read(1)  # until the client goes away
            self.close_connection = True
            return
        now = self.weather.coming.pop(0) if self.weather.coming else None
        if isinstance(now, Instead):
            self._answer(now.status, now.headers, *_document(now))
            return
        connection = http.client.HTTPConnection(self.upstream, timeout=30)
        connection.request(self.command, self.path, body, dict(self.headers))
        response = connection.getresponse()
        content = response.read()
        connection.close()
        if isinstance(now, Cut):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self.close_connection = True
            self.connection.close()
            return
        self._answer(response.status, {}, response.headers.get("Content-Type", ""), content)
        self.weather.answered.append(self.path)

    do_GET = do_PUT = do_POST  # noqa: N815 so the library calls them

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def _answer(
        self, status: int, headers: dict[str, str], media_type: str, content: bytes
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def finish(self) -> None:
        """A connection that was cut has nothing left to flush."""
        if not self.close_connection or self.connection.fileno() >= 0:
            super().finish()


def _document(answer: Instead) -> tuple[str, bytes]:
    if not answer.slug:
        return "text/html", b"<h1>Bad gateway</h1>"
    document = {"type": f"/api/problems/{answer.slug}", "status": answer.status, "detail": "Told."}
    return "application/problem+json", json.dumps(document).encode()


@contextmanager
def weather_before(url: str) -> Iterator[Weather]:
    """The proxy, while the block runs."""
    handler = type("Handler", (_Handler,), {"upstream": urlsplit(url).netloc})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    handler.weather = Weather(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield handler.weather
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
