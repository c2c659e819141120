"""The receiver in docs/api/webhooks.md works as it stands there."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.webhooks.catalogue import CATALOGUE
from accounts.webhooks.sending import Shipment, send
from accounts.webhooks.services.claiming import claim
from accounts.webhooks.services.endpoints import create_endpoint, ping
from tests.webhooks.conftest import secret

GUIDE = (Path(__file__).resolve().parents[2] / "docs/api/webhooks.md").read_text()


@pytest.mark.django_db
def test_it_takes_what_is_signed_and_refuses_what_is_not(acme):
    (program,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    endpoint = create_endpoint(organisation=acme, url=f"http://127.0.0.1:{port}/")
    ping(endpoint, as_of=timezone.now())
    (claimed,) = claim(most=1, as_of=timezone.now())
    settings = os.environ | {"WEBHOOK_SECRET": secret(endpoint), "PORT": str(port)}
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as receiver:
        try:
            assert patiently(claimed.shipment) == 204
            forged = Shipment(endpoint.url, claimed.shipment.headers, b'{"type": "forged"}')
            assert patiently(forged) == 400
            assert receiver.stdout.readline().split()[1] == b"ping"
        finally:
            receiver.terminate()


def patiently(shipment: Shipment) -> int | None:
    """The status, once the receiver has started."""
    for _ in range(500):
        answered = send(shipment)
        if answered.status is not None:
            break
        time.sleep(0.02)
    return answered.status


def test_the_guide_names_every_event():
    listed = GUIDE.partition("## Events")[2].partition("\n## ")[0]
    assert {name for name in CATALOGUE if f"`{name}`" not in listed} == set()
