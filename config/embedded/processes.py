"""Programs of ours that run beside this process: their logs, how they are found again and ended.

Knows nothing of what they do. `worker.py` and `web.py` say which programs there are.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from config.environment import BASE_DIR

STOP_SECONDS = 10


def start(
    home: Path,
    name: str,
    command: Sequence[str],
    *,
    extra: Mapping[str, str],
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a program of this home; what it says goes to `<home>/<name>.log`.

    One that an interrupted run left behind is ended first: it would go on with the code and the
    settings of then.

    Args:
        extra: environment variables beside those of this process.
        pass_fds: open files that the program inherits.
    """
    home.mkdir(parents=True, exist_ok=True)
    stop(home, name)
    with (home / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=BASE_DIR,
            env={**os.environ, **extra},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=pass_fds,
            start_new_session=True,  # Ctrl-C in the terminal is ours to pass on
        )
    created = psutil.Process(process.pid).create_time()
    (home / f"{name}.pid").write_text(f"{process.pid} {created}")
    return process


def stop(home: Path, name: str) -> bool:
    """End the program of this home with its children; returns whether there was one."""
    pid_file = home / f"{name}.pid"
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
