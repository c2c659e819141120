"""A worker process of our own, for the demo and the tests: the real thing, only started for you."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from config.environment import BASE_DIR

QUEUES = "gpu,default,documents"
STOP_SECONDS = 10


@contextmanager
def running_worker(
    home: Path, *, concurrency: int, extra: Mapping[str, str] | None = None
) -> Iterator[psutil.Process]:
    """Run one Celery worker with its sweep while the block runs.

    Its output goes to `home/worker.log`. A worker that an interrupted run left behind is ended
    first: it would go on with the code and the settings of then.

    Args:
        home: folder for its log, pid and schedule.
        concurrency: number of its processes; each computes with one thread.
        extra: environment variables beside those of this process.
    """
    home.mkdir(parents=True, exist_ok=True)
    stop_worker(home)
    with (home / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "--app", "config.worker", "--quiet", "worker"),
                *("--queues", QUEUES, "--concurrency", str(concurrency), "--beat"),
                *("--schedule", str(home / "worker.beat"), "--pidfile", ""),
                *("--loglevel", "WARNING", "--without-gossip", "--without-mingle"),
            ],
            cwd=BASE_DIR,
            env={**os.environ, "OMP_NUM_THREADS": "1", **(extra or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    (home / "worker.pid").write_text(f"{process.pid} {psutil.Process(process.pid).create_time()}")
    try:
        yield psutil.Process(process.pid)
    finally:
        stop_worker(home)
        process.wait()


def stop_worker(home: Path) -> bool:
    """End the worker of this home with its children; returns whether there was one."""
    pid_file = home / "worker.pid"
    try:
        pid, created = pid_file.read_text().split()
        process = psutil.Process(int(pid))
        if process.create_time() != float(created):
            return False  # the number belongs to another process by now
        family = [process, *process.children(recursive=True)]
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return False
    finally:
        pid_file.unlink(missing_ok=True)
    process.terminate()
    _, alive = psutil.wait_procs(family, timeout=STOP_SECONDS)
    for survivor in alive:
        survivor.kill()
    return True


def memory_bytes(process: psutil.Process) -> int:
    """Memory of a process and its descendants that no other process shares."""
    total = 0
    for member in [process, *process.children(recursive=True)]:
        try:
            total += member.memory_full_info().uss
        except psutil.Error:
            continue  # it ended in between
    return total
