"""Which addresses webhooks may go to: guarded against requests into our own network (SSRF).

A URL is checked in two steps. Its form: https, no credentials, a public name, an ordinary port.
And each time that a connection is made, the addresses that its name has at that very moment: all
of them must be public, and the connection goes to the one that was checked (`guarded_addresses`),
so that a name which answers differently the second time gains nothing.

An installation inside a company may allow networks (WEBHOOK_ALLOWED_NETWORKS) and plain http
(WEBHOOK_ALLOW_HTTP); a sandbox allows this machine.
"""

import ipaddress
import re
import socket
from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from accounts.webhooks.models import URL_LENGTH

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LETTERS = r"[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"  # of the last label: a number is no name
_REST = r"([/?][A-Za-z0-9._~:/?@!$&'()*+,;=%-]*)?"
# Public names with port 443 or one of four digits; where networks are allowed, any host and port.
_PUBLIC = rf"({_LABEL}\.)+{_LETTERS}(:(443|[1-9][0-9]{{3}}))?"
_HOUSE = rf"(({_LABEL}\.)*{_LABEL}|\[[0-9A-Fa-f:.]+\])(:[0-9]{{1,5}})?"

# Global unicast. All that is not in it (::1, ::ffff:..., fc00::, fe80::, 64:ff9b::, ff00::) is not.
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
# Public by their looks, and still not the public's: tunnels that end who knows where, relays, and
# the host's own service of a cloud (168.63.129.16).
_REFUSED = [
    ipaddress.ip_network(text)
    for text in (
        *("2001::/23", "2002::/16", "3fff::/20"),
        *("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32"),
    )
]


class AddressRefused(Exception):
    """Nothing is sent to this address; the message says why, for whoever wrote it."""


def url_pattern() -> str:
    """What the form of an endpoint's URL must be in this installation."""
    scheme = "https?" if settings.WEBHOOK_ALLOW_HTTP else "https"
    host = _HOUSE if settings.WEBHOOK_ALLOWED_NETWORKS else _PUBLIC
    return f"^{scheme}://{host}{_REST}$"


def check_url(url: str) -> None:
    """Refuse a URL that nothing may be sent to. A name that has no address yet is let through.

    Raises:
        AddressRefused: its form, or what its name stands for now.
    """
    parts = _checked_form(url)
    try:
        guarded_addresses(parts.hostname or "", port_of(parts))
    except OSError:
        return  # it may be there tomorrow; each sending looks again


def _checked_form(url: str) -> SplitResult:
    if len(url) > URL_LENGTH:
        raise AddressRefused(f"It has more than {URL_LENGTH} letters.")
    if not re.fullmatch(url_pattern()[1:-1], url, re.ASCII):
        raise AddressRefused(
            "Write https://, a public name and a path, such as https://hooks.example.com/tantieme; "
            "the port is 443 or has four digits. User names, fragments and numeric addresses are "
            "not taken."
        )
    try:
        parts = urlsplit(url)
    except ValueError as error:  # brackets around what is no address
        raise AddressRefused(f"Its host cannot be: {error}.") from error
    if not 0 < port_of(parts) <= 65_535 or len(parts.hostname or "") > 253:
        raise AddressRefused("Its host or port cannot be.")
    return parts


def port_of(parts: SplitResult) -> int:
    """The port of a URL whose form was checked."""
    written = parts.netloc.rpartition("]")[2].partition(":")[2]
    return int(written) if written else {"https": 443, "http": 80}[parts.scheme]


def guarded_addresses(host: str, port: int) -> Sequence[str]:
    """The addresses that a host has now, if nothing may be said against any of them.

    Raises:
        AddressRefused: one of them is not the public's; with several, a mixture is an attempt.
        OSError: it has none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label that no name can have
        raise OSError(f"{host} is no name.") from error
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    for text in addresses:
        if not is_allowed(ipaddress.ip_address(text)):
            raise AddressRefused(f"{host} is at {text}, which is no public address.")
    return addresses


def is_allowed(address: Address) -> bool:
    """Whether a connection may go there."""
    if any(address in network for network in settings.WEBHOOK_ALLOWED_NETWORKS):
        return True
    if any(address in network for network in _REFUSED):
        return False
    if isinstance(address, ipaddress.IPv6Address):
        return address in _GLOBAL_V6 and address.is_global
    return address.is_global and not (address.is_multicast or address.is_reserved)
