"""Webhooks cannot be used to reach what only we can reach: our machines, our network, our cloud."""

import socket
import ssl
import threading
import time
from ipaddress import ip_address

import httpcore
import pytest

from accounts.webhooks import addresses, sending
from accounts.webhooks.addresses import AddressRefused, check_url, is_allowed
from accounts.webhooks.sending import Shipment, send
from tests.webhooks.conftest import answer

PUBLIC = "93.184.215.14"


@pytest.fixture
def live(settings) -> None:
    """As in a live installation: https and the public's addresses alone."""
    settings.WEBHOOK_ALLOW_HTTP = False
    settings.WEBHOOK_ALLOWED_NETWORKS = ()


@pytest.fixture
def names(monkeypatch) -> dict[str, list[list[str]]]:
    """What names stand for: for each look-up a list of addresses, the last one for all further."""
    known: dict[str, list[list[str]]] = {}

    real = socket.getaddrinfo

    def look_up(host, port, *more, **named):
        if host == "127.0.0.1" and host not in known:
            return real(host, port, *more, **named)  # of the connection itself
        if host not in known:
            raise socket.gaierror(f"{host} is not known")
        answers = known[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(0, 0, 0, "", (each, port)) for each in found]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", look_up)
    return known


def test_a_public_name_is_taken(live, names):
    names["hooks.example.com"] = [[PUBLIC, "2606:2800:21f:cb07::1"]]
    for url in (
        "https://hooks.example.com",
        "https://hooks.example.com/tantieme?for=us&x=%20",
        "https://hooks.example.com:8443/",
    ):
        check_url(url)


def test_a_name_that_is_not_there_yet_is_taken_and_looked_up_at_each_sending(live, names):
    check_url("https://soon.example.com/")
    answered = send(Shipment("https://soon.example.com/", {}, b"{}"))
    assert answered.status is None
    assert "not known" in answered.error


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "gopher://hooks.example.com:70/_x",
        "//hooks.example.com/",
        "https://",
        "https:///path",
        "https://user:password@hooks.example.com/",
        "https://user@hooks.example.com/",
        "https://hooks.example.com@127.0.0.1/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/",
        "https://localhost./",
        "https://intranet/",
        "https://hooks.example.com:22/",
        "https://hooks.example.com:25/",
        "https://hooks.example.com:65536/",
        "https://hooks.example.com:0443/",
        "https://hooks.example.com:/",
        "https://hooks.example.com/#fragment",
        "https://hooks.example.com\\@127.0.0.1/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\r\nHost: evil",
        "https://hooks.example.com/\n",
        "https://hooks.exämple.com/",
        "https://①②⑦.⓪.⓪.①/",
        "https://hooks.example.com%2f@127.0.0.1/",
        "https://-hooks.example.com/",
        f"https://{'a' * 64}.example.com/",
        f"https://{'a.' * 130}example.com/",
        f"https://hooks.example.com/{'a' * 500}",
        "",
    ],
)
def test_a_url_of_another_form_is_refused(live, names, url):
    names["hooks.example.com"] = names["localhost"] = names["127.0.0.1"] = [[PUBLIC]]
    with pytest.raises(AddressRefused):
        check_url(url)


@pytest.mark.parametrize(
    "url", ["https://[3]", "http://[::1", "http://[127.0.0.1]/", "http://127.0.0.1:0/", "http://[:]/",
            "http://127.0.0.1:99999/", "http://0/", "http://10.0.0.1/", "http://[::ffff:10.0.0.1]/"]
)  # fmt: skip
def test_a_sandbox_takes_its_own_machine_and_nothing_else(url):
    check_url("http://127.0.0.1:9000/hooks")
    with pytest.raises(AddressRefused):
        check_url(url)


NOT_PUBLIC = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",  # a cloud's metadata
    "127.0.0.1",
    "127.8.8.8",
    "168.63.129.16",  # a cloud's host
    "169.254.169.254",  # most clouds' metadata
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",  # a cloud's metadata
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.215.14",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",  # Teredo
    "2001:db8::1",
    "2002:7f00:1::1",  # 6to4 of 127.0.0.1
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",  # a cloud's metadata
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_name_of_what_is_not_public_is_refused_when_set_up_and_when_sent(live, names, address):
    names["hooks.example.com"] = [[address]]
    with pytest.raises(AddressRefused, match="no public address"):
        check_url("https://hooks.example.com/")
    answered = send(Shipment("https://hooks.example.com/", {}, b"{}"))
    assert (answered.status, "no public address" in answered.error) == (None, True)
    names["hooks.example.com"] = [[PUBLIC, address]]
    with pytest.raises(AddressRefused):
        check_url("https://hooks.example.com/")


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:2800:21f:cb07::1", "2a00:1450::1"])
def test_public_addresses_are_public(live, address):
    assert is_allowed(ip_address(address))


def test_a_name_that_answers_differently_the_second_time_gains_nothing(live, names, monkeypatch):
    """Rebinding: public when it is set up, this machine when it is sent. And within one sending
    the name is looked up once, and the connection goes to the address that was checked."""
    names["rebound.example.com"] = [[PUBLIC], ["127.0.0.1"]]
    check_url("https://rebound.example.com/")
    assert "no public address" in send(Shipment("https://rebound.example.com/", {}, b"")).error

    reached = []

    def connect(_self, host, port, *_):
        reached.append((host, port))
        raise httpcore.ConnectError("enough")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    names["rebound.example.com"] = [[PUBLIC], ["127.0.0.1"]]
    send(Shipment("https://rebound.example.com/", {}, b""))
    assert reached == [(PUBLIC, 443)]
    assert names["rebound.example.com"] == [["127.0.0.1"]], "it was looked up once"


def test_the_name_stays_in_host_and_in_what_the_certificate_must_say(names, receiver, monkeypatch):
    names["hooks.example.com"] = [["127.0.0.1"]]
    port = receiver.url.split(":")[2].split("/")[0]
    assert send(Shipment(f"http://hooks.example.com:{port}/", {}, b"{}")).is_taken
    assert receiver.heard[0].headers["host"] == f"hooks.example.com:{port}"
    asked = []

    class Stream(httpcore.NetworkStream):
        def start_tls(self, context, server_hostname=None, timeout=None):
            asked.append((server_hostname, context.check_hostname, context.verify_mode))
            raise httpcore.ConnectError("enough")

        def close(self):
            pass

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", lambda *_: Stream())
    send(Shipment("https://hooks.example.com/", {}, b""))
    assert asked == [("hooks.example.com", True, ssl.CERT_REQUIRED)]


def test_a_redirect_is_not_followed(receiver):
    receiver.answers = [answer(302, Location=receiver.url)]
    answered = send(Shipment(receiver.url, {}, b"{}"))
    assert answered.status == 302
    assert not answered.is_taken
    assert "redirects are not followed" in answered.error
    assert len(receiver.heard) == 1


def test_proxies_of_the_environment_are_not_asked(receiver, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert send(Shipment(receiver.url, {}, b"{}")).is_taken


def test_only_the_beginning_of_a_response_is_read(receiver):
    sent = []

    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100_000):
            handler.wfile.write(b"x" * 10_000)
            sent.append(10_000)

    receiver.answers = [endless]
    answered = send(Shipment(receiver.url, {}, b"{}"))
    assert answered.is_taken
    assert answered.excerpt == "x" * 1024
    assert sum(sent) < 100_000_000


def test_bytes_that_are_no_text_do_not_harm(receiver):
    receiver.answers = [answer(500, b"\x00\xff\xfe<script>")]
    assert send(Shipment(receiver.url, {}, b"{}")).excerpt == "\ufffd\ufffd\ufffd<script>"


def drip(receiver, *, first: bytes) -> None:
    """Answer with a byte every few milliseconds and never end."""

    def slowly(handler):
        handler.wfile.write(first)
        while True:
            handler.wfile.write(b"x")
            handler.wfile.flush()
            stop.wait(0.01)

    stop = threading.Event()
    receiver.answers = [slowly]


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_whoever_answers_byte_by_byte_is_given_up(receiver, first):
    drip(receiver, first=first)
    before = time.monotonic()
    answered = send(Shipment(receiver.url, {}, b"{}"), total_seconds=0.3)
    assert answered.status is None
    assert time.monotonic() - before < sending.STEP_SECONDS / 2


def test_a_body_that_drips_is_cut_off_and_its_status_counts(receiver):
    drip(receiver, first=b"HTTP/1.1 200 OK\r\n\r\n")
    answered = send(Shipment(receiver.url, {}, b"{}"), total_seconds=0.3)
    assert answered.is_taken
    assert answered.excerpt.startswith("xx")


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000,
    ],
)
def test_what_is_no_http_is_a_failure_with_a_sentence(receiver, garbage):
    receiver.answers = [lambda handler: handler.wfile.write(garbage)]
    answered = send(Shipment(receiver.url, {}, b"{}"))
    assert answered.status is None
    assert answered.error


def test_nobody_listening_is_a_failure_with_a_sentence():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "ConnectError" in send(Shipment(f"http://127.0.0.1:{port}/", {}, b"{}")).error
