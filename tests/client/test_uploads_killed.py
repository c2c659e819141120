"""A server process that is killed while a part arrives costs that part, and nothing else."""

import hashlib
import socket
import time
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from tests.client.conftest import Served

pytestmark = pytest.mark.slow
PART_BYTES = 8 << 20
FILE = b"tantieme" * (PART_BYTES // 8 * 3 // 2)  # a part and a half
PARTS = (FILE[:PART_BYTES], FILE[PART_BYTES:])


def workers(served: Served) -> list[psutil.Process]:
    """The processes of gunicorn that serve, which are the children of its master."""
    mine = psutil.Process().children(recursive=True)
    masters = [each for each in mine if "config.gunicorn" in " ".join(each.cmdline())]
    pids = {each.pid for each in masters}
    return [each for each in masters if each.ppid() in pids]


def begin_part(served: Served, upload: str, number: int, content: bytes) -> socket.socket:
    """Send the header of a part and the first half of its bytes, and no more."""
    address = urlsplit(served.url)
    connection = socket.create_connection((address.hostname, address.port))
    connection.sendall(
        f"PUT /api/v1/uploads/{upload}/parts/{number} HTTP/1.1\r\n"
        f"Host: {address.netloc}\r\nAuthorization: Bearer {served.acme}\r\n"
        "Content-Type: application/octet-stream\r\n"
        f"Content-Length: {len(content)}\r\n\r\n".encode()
    )
    connection.sendall(content[: len(content) // 2])
    return connection


def test_what_was_whole_before_is_here_afterwards_and_the_rest_can_be_sent(served: Served):
    api = httpx.Client(
        base_url=f"{served.url}/api/v1/",
        headers={"Authorization": f"Bearer {served.acme}"},
        timeout=60,
        transport=httpx.HTTPTransport(retries=20),
    )
    announced = {
        "purpose": "usage",
        "size_bytes": len(FILE),
        "sha256": hashlib.sha256(FILE).hexdigest(),
    }
    upload = api.post("uploads", json=announced).raise_for_status().json()["id"]
    first = api.put(
        f"uploads/{upload}/parts/1",
        content=PARTS[0],
        headers={"Content-Type": "application/octet-stream"},
    )
    assert first.status_code == 201, first.text

    before = workers(served)
    assert before
    with begin_part(served, upload, 2, PARTS[1]):
        time.sleep(0.5)  # until it is being written; sooner proves less and fails nothing
        for process in before:
            process.kill()
        psutil.wait_procs(before)

    api.close()
    assert _when_back(api, f"uploads/{upload}")["received_parts"] == [1]
