"""The peak of a process's memory since it was asked to forget it, as Linux tells (see proc(5))."""

from pathlib import Path


def forget_peak() -> None:
    """Let the kernel's peak begin again from what is held now."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_bytes() -> int:
    """The most that was held since.

    Raises:
        OSError: this kernel does not tell.
    """
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise OSError("This kernel does not tell a process's peak memory (VmHWM).")
