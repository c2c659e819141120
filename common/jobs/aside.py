"""Telling how far a job is from the middle of its transaction.

What a handler writes in its own transaction nobody sees before the end, and nothing at all can be
written while it copies rows into the database. So a thread with a connection of its own passes on
what was told last.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from common.jobs.registry import Progress

PASSED_ON_SECONDS = 0.5


@contextmanager
def told_aside(progress: Progress) -> Iterator[Progress]:
    """A `Progress` that may be called at any time within the block; the last call is passed on."""
    teller = _Teller(progress)
    teller.start()
    try:
        yield teller.tell
    finally:
        teller.stop()


class _Teller(threading.Thread):
    def __init__(self, progress: Progress) -> None:
        super().__init__(name="teller of progress", daemon=True)
        self._progress = progress
        self._latest: tuple[int, int, str] | None = None
        self._stopped = threading.Event()

    def tell(self, done: int, total: int, note: str = "") -> None:
        self._latest = (done, total, note)

    def run(self) -> None:
        try:
            while not self._stopped.wait(PASSED_ON_SECONDS):
                self._pass_on()
            self._pass_on()
        finally:
            connection.close()

    def _pass_on(self) -> None:
        latest, self._latest = self._latest, None
        if latest is not None:
            self._progress(*latest)

    def stop(self) -> None:
        self._stopped.set()
        self.join()
