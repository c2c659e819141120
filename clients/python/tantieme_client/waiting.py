"""How often to ask for something that is being worked on, and until when. It does not sleep."""

import time
from dataclasses import dataclass, field

from tantieme_client.problems import WaitedTooLong

FIRST_SECONDS, LONGEST_SECONDS, GROWTH = 0.2, 5.0, 1.5


@dataclass
class Deadline:
    """Asked often at first, then less and less."""

    timeout_seconds: float
    what: str
    _wait_seconds: float = FIRST_SECONDS
    _began: float = field(default_factory=time.monotonic)

    def next_wait_seconds(self) -> float:
        """How long to wait before asking again.

        Raises:
            WaitedTooLong: the time is over.
        """
        left = self._began + self.timeout_seconds - time.monotonic()
        if left <= 0:
            raise WaitedTooLong(
                f"{self.what} is not there after {self.timeout_seconds:g} seconds; it goes on, "
                "and can be waited for again."
            )
        wait = min(self._wait_seconds, left)
        self._wait_seconds = min(self._wait_seconds * GROWTH, LONGEST_SECONDS)
        return wait
