"""Contestants in turns, each in a process of its own, so that drifts and memories do not mix.

CPU time is what a contestant's process spends, all of its threads together; other programs disturb
it least. Peak memory is that of the process while it apportions, its inputs included.
"""

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from benchmarks.royalty import world
from benchmarks.royalty.contestants import CONTESTANTS, Run, missing
from benchmarks.royalty.memory import forget_peak, peak_bytes
from royalty.apportionment import IntArray

PATIENCE_SECONDS = 40.0  # after which a contestant takes no further turn
_ready: list[Run] = []  # of this process


@dataclass(frozen=True)
class Turn:
    """One run."""

    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Result:
    """A contestant's turns and what it found, or why it took no part."""

    turns: Sequence[Turn] = ()
    atoms: IntArray | None = None  # of each party
    failure: str = ""

    @property
    def wall_seconds(self) -> float:
        """Median over the turns."""
        return median(turn.wall_seconds for turn in self.turns)

    @property
    def cpu_seconds(self) -> float:
        """Median over the turns."""
        return median(turn.cpu_seconds for turn in self.turns)

    @property
    def peak_bytes(self) -> int:
        """The most of any turn."""
        return max(turn.peak_bytes for turn in self.turns)


def in_own_process(size: world.Size, folder: Path) -> None:
    """Draw a world without leaving its memory behind."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(world.make, folder, size).result()


def race(folder: Path, names: Sequence[str], rounds: int, threads: int) -> dict[str, Result]:
    """Let them run in turns over the world of a folder, `threads` threads at most each.

    The first turn warms up and counts only for those who have no time for another.
    """
    failures = {name: missing(name) for name in names}
    able = [name for name in names if not failures[name]]
    turns: dict[str, list[Turn]] = {name: [] for name in able}
    found: dict[str, IntArray] = {}
    with ExitStack() as stack:
        stack.enter_context(_threads(threads))
        pools = {name: stack.enter_context(_process(folder, name, threads)) for name in able}
        for _ in range(rounds + 1):
            for name, pool in pools.items():
                if sum(turn.wall_seconds for turn in turns[name]) < PATIENCE_SECONDS:
                    turn, found[name] = pool.submit(_run).result()
                    turns[name].append(turn)
    results = {name: Result(turns[name][1:] or turns[name], found[name]) for name in able}
    return {name: results.get(name) or Result(failure=failures[name]) for name in names}


@contextmanager
def _threads(limit: int) -> Iterator[None]:
    """The limit as libraries read it when they are loaded."""
    names = ("OMP_NUM_THREADS", "POLARS_MAX_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, str(limit)))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


@contextmanager
def _process(folder: Path, name: str, threads: int) -> Iterator[ProcessPoolExecutor]:
    """A process in which the contestant stands ready."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(_prepare, folder, name, threads).result()
        yield pool


def _prepare(folder: Path, name: str, threads: int) -> None:
    _ready.append(CONTESTANTS[name](folder, threads))


def _run() -> tuple[Turn, IntArray]:
    forget_peak()
    cpu, wall = time.process_time(), time.perf_counter()
    atoms = _ready[0]()
    turn = Turn(time.perf_counter() - wall, time.process_time() - cpu, peak_bytes())
    return turn, atoms
