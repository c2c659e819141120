"""How much memory there is, is taken, and is taken by a piece of work at its peak.

Owns the readings of the operating system and of CUDA; decides nothing. On Linux an allocation
that does not fit is rarely refused: the process, or another one, is killed later. So what is free
has to be known before, and it is the least of what the machine and its control groups leave.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import torch

ROOT = Path("/")
_UNLIMITED_BYTES = 1 << 60  # cgroup v1 writes a huge number where there is no limit
_KIB = 1024


class Memory(Protocol):
    """The memory in which batches are made."""

    def free_bytes(self) -> int | None:
        """Return what may still be taken, or None where that cannot be known."""
        ...

    def level_bytes(self) -> int:
        """Return what is taken now."""
        ...

    def peak_bytes(self, work: Callable[[], object]) -> int:
        """Do the work, and return the highest level meanwhile."""
        ...


def memory_of(device: torch.device) -> Memory:
    """Return the memory that this device computes in."""
    return DeviceMemory(device) if device.type == "cuda" else ProcessMemory()


class ProcessMemory:
    """Main memory, as the resident set of this process: what torch and everything else takes.

    What an allocator keeps for later stays in the level, and other threads count too. Where the
    system tells nothing (it is no Linux), levels are 0 and what is free is unknown.
    """

    def __init__(self, root: Path = ROOT) -> None:
        self._root = root

    def free_bytes(self) -> int | None:
        """Return the least of the machine's available memory and the room in each cgroup."""
        found = [*self._machine_free(), *self._cgroups_free()]
        return min(found, default=None)

    def level_bytes(self) -> int:
        """Return the resident set."""
        return self._status("VmRSS")

    def peak_bytes(self, work: Callable[[], object]) -> int:
        """Do the work and return the highest resident set."""
        with suppress(OSError):  # resets the high-water mark (proc(5)); some sandboxes refuse
            (self._root / "proc/self/clear_refs").write_text("5")
        work()
        return self._status("VmHWM")

    def _status(self, field: str) -> int:
        return _field_bytes(self._read("proc/self/status"), field) or 0

    def _machine_free(self) -> list[int]:
        found = _field_bytes(self._read("proc/meminfo"), "MemAvailable")
        return [] if found is None else [found]

    def _cgroups_free(self) -> list[int]:
        """Room in every cgroup that this process is in, of either version, seen from its root."""
        rooms = []
        for line in self._read("proc/self/cgroup").splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers and "memory" not in controllers.split(","):
                continue
            base = self._root / "sys/fs/cgroup" / ("memory" if controllers else "")
            inner = base / path.lstrip("/")
            folders = [folder for folder in (inner, *inner.parents) if folder.is_relative_to(base)]
            rooms += [room for folder in folders if (room := _room(folder)) is not None]
        return rooms

    def _read(self, path: str) -> str:
        try:
            return (self._root / path).read_text()
        except OSError:
            return ""


class DeviceMemory:
    """The memory of one CUDA device, as torch's allocator sees it."""

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def free_bytes(self) -> int:
        """Return what the driver has free, and what torch holds without using it."""
        free, _ = torch.cuda.mem_get_info(self._device)
        held = torch.cuda.memory_reserved(self._device) - torch.cuda.memory_allocated(self._device)
        return free + held

    def level_bytes(self) -> int:
        """Return what tensors take."""
        return torch.cuda.memory_allocated(self._device)

    def peak_bytes(self, work: Callable[[], object]) -> int:
        """Do the work and return the highest that tensors took."""
        torch.cuda.reset_peak_memory_stats(self._device)
        work()
        torch.cuda.synchronize(self._device)
        return torch.cuda.max_memory_allocated(self._device)


def _room(folder: Path) -> int | None:
    """Return limit − usage of a memory cgroup, or None where it sets no limit.

    Pages of files that nobody used of late are given up on demand, so they count as free.
    """
    names = (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    )
    for limit_name, usage_name, cache_name in names:
        with suppress(OSError, ValueError):  # "max" is no number: no limit
            limit_bytes = int((folder / limit_name).read_text())
            usage_bytes = int((folder / usage_name).read_text())
            statistics = dict(line.split() for line in _text(folder / "memory.stat").splitlines())
            if limit_bytes < _UNLIMITED_BYTES:
                return max(0, limit_bytes - usage_bytes + int(statistics.get(cache_name, 0)))
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _field_bytes(text: str, field: str) -> int | None:
    found = re.search(rf"^{field}:\s+(\d+) kB$", text, re.MULTILINE)
    return int(found[1]) * _KIB if found else None
