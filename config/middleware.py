"""What every request and answer gets, whatever its page: the true address, the last header."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Nothing here asks for any of these, so nothing that gets in may either.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


class ClientAddress:
    """Middleware: `REMOTE_ADDR` becomes the address that the outermost trusted proxy saw.

    Each proxy appends to `X-Forwarded-For` whom it heard; so with n proxies of ours the n-th
    address from the right is true, and whatever stands before it the client may have made up.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
        if 0 < settings.TRUSTED_PROXIES <= len(hops):
            request.META["REMOTE_ADDR"] = _address(
                hops[-settings.TRUSTED_PROXIES], otherwise=request.META["REMOTE_ADDR"]
            )
        return self._get_response(request)


def _address(text: str, *, otherwise: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return otherwise


class PermissionsPolicy:
    """Middleware: tells browsers which of their devices no page here may use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response["Permissions-Policy"] = PERMISSIONS
        return response
