"""The key and the address that it belongs to. A key is a secret: it is never shown nor logged."""

import os
from collections.abc import Generator
from dataclasses import dataclass, field

import httpx

KEY, LIVE_URL, SANDBOX_URL = "TANTIEME_API_KEY", "TANTIEME_URL", "TANTIEME_SANDBOX_URL"
LIVE, SANDBOX = "tantieme_live_", "tantieme_test_"
# Where an installation on one's own machine listens.
ADDRESSES = {
    LIVE: (LIVE_URL, "http://127.0.0.1:8000"),
    SANDBOX: (SANDBOX_URL, "http://127.0.0.1:8100"),
}


@dataclass(frozen=True)
class Access(httpx.Auth):
    """Where to, and by which key; printed it shows the part of the key that is no secret."""

    base_url: str
    key: str = field(repr=False)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self.key}"
        yield request

    def __str__(self) -> str:
        return f"{self.key.rpartition('_')[0]}_... at {self.base_url}"


def access(key: str | None, base_url: str | None) -> Access:
    """The access that a key gives; without arguments as the environment says.

    Args:
        key: else TANTIEME_API_KEY.
        base_url: else, by the kind of the key, TANTIEME_URL or TANTIEME_SANDBOX_URL, else the
            address of an installation on this machine.

    Raises:
        ValueError: there is no key, or it does not look like one.
    """
    text = (key or os.environ.get(KEY, "")).strip()
    if not text:
        raise ValueError(f"There is no key: pass one, or set {KEY}.")
    kind = next((kind for kind in ADDRESSES if text.startswith(kind)), None)
    if kind is None or not text.isascii() or not text.isprintable():
        raise ValueError(f"This is no key: keys begin with {LIVE} or {SANDBOX}.")
    variable, usual = ADDRESSES[kind]
    address = base_url or os.environ.get(variable) or usual
    if httpx.URL(address).scheme not in ("http", "https"):
        raise ValueError(f"{address!r} is no address: it must begin with https:// or http://.")
    return Access(address.rstrip("/"), text)
