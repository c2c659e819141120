"""What a piece of work costs, the database's share included.

CPU time is that of this process and of the PostgreSQL processes behind its connections, which have
to run on this machine.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median

import psutil
from django.db import connections


@dataclass(frozen=True)
class Cost:
    """Of one time, or medians of several."""

    wall_seconds: float
    cpu_seconds: float


def in_turns(works: dict[str, Callable[[int], object]], rounds: int) -> dict[str, Cost]:
    """Median costs of several works that take turns, so that drifts meet all of them.

    Each gets the number of its turn; turn 0 is not measured.
    """
    for work in works.values():
        work(0)
    costs: dict[str, list[Cost]] = {name: [] for name in works}
    for number in range(1, rounds + 1):
        for name, work in works.items():
            costs[name].append(once(partial(work, number)))
    return {
        name: Cost(
            median(cost.wall_seconds for cost in found),
            median(cost.cpu_seconds for cost in found),
        )
        for name, found in costs.items()
    }


def once(work: Callable[[], object]) -> Cost:
    """The cost of a single time."""
    cpu, wall = _cpu_seconds(), time.perf_counter()
    work()
    return Cost(time.perf_counter() - wall, _cpu_seconds() - cpu)


def _cpu_seconds() -> float:
    spent = time.process_time()
    for alias in ("default", "owner"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            times = psutil.Process(cursor.fetchone()[0]).cpu_times()
            spent += times.user + times.system
    return spent
