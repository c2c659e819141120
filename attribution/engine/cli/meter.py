"""Progress, rate and remaining time: a bar on a terminal, now and then a line elsewhere."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

SECONDS_BETWEEN_LINES = 10.0


class Meter:
    """How far a piece of work is, in segments; a context manager that writes to stderr."""

    def __init__(self, what: str, total: int, *, tokens_a_segment: float = 0.0) -> None:
        """`tokens_a_segment` is the mean over the work to be done; 0 where it is not known."""
        self._what, self._total, self._tokens = what, total, tokens_a_segment
        self._done = 0
        self._started = self._told_at = time.monotonic()
        self._bar = _bar(what, total) if sys.stderr.isatty() else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        elif self._done:
            self._line()

    def reached(self, done: int, total: int) -> None:
        """Take in how much is done; an `OnProgress`."""
        self._done, self._total = done, total
        if self._bar is not None:
            self._bar.start()  # not before there is something to tell
            task = self._bar.task_ids[0]
            self._bar.update(task, completed=done, total=total, told=self.describe())
        elif time.monotonic() - self._told_at >= SECONDS_BETWEEN_LINES:
            self._line()

    def add(self, segments: int) -> None:
        """Take in that so many more are done."""
        self.reached(self._done + segments, self._total)

    def describe(self) -> str:
        """Return done and total, the rate, and what remains, in words."""
        seconds = max(1e-9, time.monotonic() - self._started)
        rate = self._done / seconds
        parts = [f"{self._done:,} of {self._total:,} segments", f"{rate:,.1f} segments/s"]
        if self._tokens:
            parts.append(f"{rate * self._tokens:,.0f} tokens/s")
        if self._done < self._total and rate > 0:
            parts.append(f"{in_words((self._total - self._done) / rate)} left")
        return ", ".join(parts)

    def _line(self) -> None:
        self._told_at = time.monotonic()
        sys.stderr.write(f"{self._what}: {self.describe()}\n")
        sys.stderr.flush()


def in_words(seconds: float) -> str:
    """Return a duration as a person says it: 45 s, 12 min, 3 h 20 min."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def _bar(what: str, total: int) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(24), TextColumn("{task.fields[told]}"))
    progress = Progress(*columns, console=Console(stderr=True), transient=False)
    progress.add_task(what, total=total, told="")
    return progress
