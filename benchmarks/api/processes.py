"""The processes of a server or a worker: the most memory that one of them held, and their end."""

from pathlib import Path

import psutil


def family(home: Path, name: str) -> list[psutil.Process]:
    """The program of a home that is called so (`web`, `worker`), and its children."""
    pid = int((home / f"{name}.pid").read_text().split()[0])
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def forget_peaks(home: Path, name: str) -> None:
    """Let the kernel's peaks begin again from what is held now (see proc(5))."""
    for process in family(home, name):
        Path(f"/proc/{process.pid}/clear_refs").write_text("5", encoding="ascii")


def peak_bytes(home: Path, name: str) -> int:
    """The most that one of the processes held since."""
    return max(_peak_bytes(process.pid) for process in family(home, name))


def kill(home: Path, name: str) -> int:
    """Kill all of them at once, as if the machine had lost them; returns how many there were."""
    processes = family(home, name)
    for process in reversed(processes):
        process.kill()
    psutil.wait_procs(processes, timeout=10)
    return len(processes)


def _peak_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise OSError("This kernel does not tell a process's peak memory (VmHWM).")
