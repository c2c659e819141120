"""The header Idempotency-Key."""

import re

from rest_framework.request import Request

from common.api.problems import BAD_REQUEST, Problem

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def idempotency_key(request: Request) -> str | None:
    """The key that a request carries; None without one.

    Raises:
        Problem: it is no such key.
    """
    key = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        raise Problem(
            BAD_REQUEST, f"{HEADER} must be 1 to 255 visible ASCII characters, such as a UUID."
        )
    return key
