"""How often something may be done: so many requests in so many seconds."""

import re
from dataclasses import dataclass

_RATE = re.compile(r"(\d{1,9})/(\d{1,5})s", re.ASCII)


@dataclass(frozen=True)
class Rate:
    """At most `requests` at once, which come back evenly over `seconds`."""

    requests: int
    seconds: int

    def __str__(self) -> str:
        return f"{self.requests}/{self.seconds}s"


def parse_rate(text: str) -> Rate:
    """The rate that a text such as `600/60s` says.

    Raises:
        ValueError: it says none; the message says how to write one.
    """
    match = _RATE.fullmatch(text)
    if match is None or 0 in (int(match[1]), int(match[2])):
        raise ValueError(f"{text!r} is no rate; write requests and seconds, such as 600/60s.")
    return Rate(int(match[1]), int(match[2]))
