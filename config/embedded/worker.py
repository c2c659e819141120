"""A worker process of our own, for the demo and the tests: the real thing, only started for you."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from config.embedded import processes

QUEUES = "gpu,default,documents"
NAME = "worker"


@contextmanager
def running_worker(
    home: Path, *, concurrency: int, extra: Mapping[str, str] | None = None
) -> Iterator[psutil.Process]:
    """Run one Celery worker with its sweep while the block runs; it logs to `home/worker.log`.

    Args:
        home: folder for its log, pid and schedule.
        concurrency: number of its processes; each computes with one thread.
        extra: environment variables beside those of this process.
    """
    command = [
        *(sys.executable, "-m", "celery", "--app", "config.worker", "--quiet", "worker"),
        *("--queues", QUEUES, "--concurrency", str(concurrency), "--beat"),
        *("--schedule", str(home / "worker.beat"), "--pidfile", ""),
        *("--without-gossip", "--without-mingle"),
    ]
    process = processes.start(home, NAME, command, extra={"OMP_NUM_THREADS": "1", **(extra or {})})
    try:
        yield psutil.Process(process.pid)
    finally:
        stop_worker(home)
        process.wait()


def stop_worker(home: Path) -> bool:
    """End the worker of this home with its children; returns whether there was one."""
    return processes.stop(home, NAME)


def memory_bytes(process: psutil.Process) -> int:
    """Memory of a process and its descendants that no other process shares."""
    total = 0
    for member in [process, *process.children(recursive=True)]:
        try:
            total += member.memory_full_info().uss
        except psutil.Error:
            continue  # it ended in between
    return total
