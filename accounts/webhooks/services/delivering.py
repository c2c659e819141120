"""Sending what is due: one loop that claims, many threads that wait for answers.

Threads only speak to endpoints; the database is this loop's alone. A few loops run at once,
however many workers are woken, so that webhooks never take the place of other work.
"""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import datetime

from django.db import connection
from django.utils import timezone

from accounts.webhooks.sending import Answer, send
from accounts.webhooks.services.claiming import Claim, claim, note
from accounts.webhooks.services.waking import wake

LOOPS = 2
THREADS = 32
LOOP_SECONDS = 10.0  # then other work has its turn
POLL_SECONDS = 0.5

log = logging.getLogger(__name__)


def deliver_due(*, clock: Callable[[], datetime] = timezone.now) -> int:
    """Send everything that is due, and what becomes due meanwhile; returns the requests made.

    Args:
        clock: tells what is due and when it happened.
    """
    with _place() as is_free:
        return _Loop(clock).run() if is_free else 0


class _Loop:
    """The requests under way."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._flying: dict[Future[Answer], Claim] = {}
        self._ends_at = time.monotonic() + LOOP_SECONDS

    def run(self) -> int:
        count = 0
        with ThreadPoolExecutor(THREADS, thread_name_prefix="webhook") as threads:
            while True:
                is_over = time.monotonic() >= self._ends_at
                count += 0 if is_over else self._start(threads)
                if not self._flying:
                    break
                self._hear()
        if is_over:
            wake()  # there may be more
        return count

    def _start(self, threads: ThreadPoolExecutor) -> int:
        free = THREADS - len(self._flying)
        claims = claim(most=free, as_of=self._clock()) if free else []
        for each in claims:
            self._flying[threads.submit(send, each.shipment)] = each
        return len(claims)

    def _hear(self) -> None:
        """Note the answers that are there, having waited a little for one."""
        done, _ = wait(self._flying, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        for future in done:
            note(self._flying.pop(future), future.result(), as_of=self._clock())


@contextmanager
def _place() -> Iterator[bool]:
    """One of the loops' places, as long as the block runs; False if all are taken."""
    with connection.cursor() as cursor:
        for number in range(LOOPS):
            cursor.execute("SELECT pg_try_advisory_lock(hashtext('webhooks'), %s)", [number])
            if cursor.fetchone()[0]:
                break
        else:
            yield False
            return
    try:
        yield True
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('webhooks'), %s)", [number])
