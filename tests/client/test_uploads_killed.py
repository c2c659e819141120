"""A server process that is killed while a part arrives costs that part, and nothing else."""

import hashlib
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import psutil
import pytest

from tests.client.conftest import Served

pytestmark = pytest.mark.slow
PART_BYTES = 8 << 20
FILE = b"tantieme" * (PART_BYTES // 8 * 3 // 2)  # a part and a half
PARTS = (FILE[:PART_BYTES], FILE[PART_BYTES:])


def workers() -> list[psutil.Process]:
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


def wait_until_it_is_written(served: Served, upload: str) -> None:
    path = Path(served.environment["TANTIEME_HOME"], "uploads", UUID(upload).hex)
    for _ in range(300):
        if path.stat().st_size > PART_BYTES:
            return
        time.sleep(0.05)
    raise AssertionError("nothing of the second part was written")


def put(api: httpx.Client, upload: str, number: int) -> int:
    headers = {"Content-Type": "application/octet-stream"}
    path = f"uploads/{upload}/parts/{number}"
    return api.put(path, content=PARTS[number - 1], headers=headers).status_code


def test_what_was_whole_before_is_here_afterwards_and_the_rest_can_be_sent(served: Served):
    headers = {"Authorization": f"Bearer {served.acme}", "Connection": "close"}
    announced = {
        "purpose": "usage",
        "size_bytes": len(FILE),
        "sha256": hashlib.sha256(FILE).hexdigest(),
    }
    with httpx.Client(base_url=f"{served.url}/api/v1/", headers=headers, timeout=60) as api:
        upload = api.post("uploads", json=announced).raise_for_status().json()["id"]
        assert put(api, upload, 1) == 201
        killed = workers()
        assert killed
        with begin_part(served, upload, 2, PARTS[1]):
            wait_until_it_is_written(served, upload)
            for process in killed:
                process.kill()
            psutil.wait_procs(killed)
        assert api.get(f"uploads/{upload}").json()["received_parts"] == [1]
        assert put(api, upload, 2) == 201
        assert api.post(f"uploads/{upload}/complete").json()["status"] == "sealed"
