"""Peak memory of a contestant: a process of its own, measured from where only the model is there.

On a CPU the level is the resident set and its high-water mark, which the kernel resets on demand.
Whatever a contestant keeps between batches counts (tables, projections); what its libraries load
does not, because a tiny model has gone the whole way before; nor does what the allocator hoards,
because large tensors are mapped and unmapped one by one. On CUDA torch's allocator counts.
"""

import ctypes
import gc
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from attribution.engine.memory import memory_of
from benchmarks.featurise.contestants import Contestant, Prepared
from benchmarks.featurise.engine import time_curvature
from benchmarks.featurise.settings import Setting
from benchmarks.featurise.timing import Clock
from benchmarks.featurise.world import Size, World

TINY = Size("tiny", width=16, layers=1, heads=2, segments=2, tokens=16)
MAPPED_BYTES = 1 << 16  # allocations from here on are returned to the system at once


@dataclass(frozen=True)
class Peaks:
    """By how many bytes the memory rises, at most: while making ready, and during batches."""

    ready: int
    batch: int


def peaks_of(contestant: Contestant, world: World, setting: Setting, curvature: Path) -> Peaks:
    """Prepare a contestant and run it twice in a fresh process. Raises what the process raises."""
    os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(MAPPED_BYTES))  # glibc reads it at start
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        found = pool.submit(_measure, contestant, world.size, world.device, setting, curvature)
        return found.result()


def _measure(
    contestant: Contestant, size: Size, device: torch.device, setting: Setting, curvature: Path
) -> Peaks:
    world, memory = World(size, device), memory_of(device)
    prepared: list[Prepared] = []
    with setting.applied():
        _load_libraries(contestant, device)
        _ = world.model, world.task  # are there before, as for training
        level_bytes = memory.level_bytes()
        ready_bytes = memory.peak_bytes(
            lambda: prepared.append(contestant.prepare(world, curvature))
        )
        batch_bytes = max(memory.peak_bytes(prepared[0].run) for _ in range(2))
    return Peaks(ready_bytes - level_bytes, batch_bytes - level_bytes)


def _load_libraries(contestant: Contestant, device: torch.device) -> None:
    """Let a tiny model go the whole way, then give back what was freed."""
    tiny = World(TINY, device)
    with TemporaryDirectory() as folder:
        curvature = Path(folder) / "curvature.npz"
        time_curvature(tiny, Clock(device), curvature)
        contestant.prepare(tiny, curvature).run()
    del tiny
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc keeps freed pages otherwise
    if trim is not None:
        trim(0)
