"""No name that somebody chose may turn a page's words round or cover its lines.

Names are text as their senders wrote them, and stay so in the database and in files. On a page,
characters that steer the direction of writing can make an amount or another party's name read
backwards (Trojan Source, CVE-2021-42574), and a heap of combining marks covers the lines above and
below. Browsers find the direction of Hebrew and Arabic by the letters themselves.
"""

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

_STEERING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_HEAP = re.compile(f"([{_MARKS}]{{8}})[{_MARKS}]+")  # no script needs more on one letter


def legible(text: str) -> str:
    """The text without characters that steer direction, and with eight marks on a letter."""
    return text if text.isascii() else _HEAP.sub(r"\1", _STEERING.sub("", text))


class LegiblePages:
    """Middleware: every HTML page is legible, whatever the things on it are called."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        content_type = response.headers.get("Content-Type", "")
        if not response.streaming and content_type.startswith("text/html"):
            response.content = legible(response.content.decode()).encode()  # type: ignore[attr-defined]
        return response
