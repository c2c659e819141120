"""Peak memory of a contestant: a process of its own, measured from where only the model is there.

On a CPU the level is the resident set and its high-water mark, which the kernel resets on demand;
so tables, projections and curvature that a contestant keeps count too, and what its libraries load
does not, because a tiny model has gone the whole way before. On CUDA the allocator counts.
"""

import ctypes
import gc
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from attribution.engine.memory import memory_of
from benchmarks.featurise.contestants import Contestant
from benchmarks.featurise.engine import time_curvature
from benchmarks.featurise.settings import Setting
from benchmarks.featurise.timing import Clock
from benchmarks.featurise.world import Size, World

TINY = Size("tiny", width=16, layers=1, heads=2, segments=2, tokens=16)


def peak_bytes(contestant: Contestant, world: World, setting: Setting, curvature: Path) -> int:
    """Return by how much making ready and two batches raise the memory at their peak."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        found = pool.submit(_measure, contestant, world.size, world.device, setting, curvature)
        return found.result()


def _measure(
    contestant: Contestant, size: Size, device: torch.device, setting: Setting, curvature: Path
) -> int:
    world, memory = World(size, device), memory_of(device)

    def whole() -> None:
        prepared = contestant.prepare(world, curvature)
        prepared.run()
        prepared.run()

    with setting.applied():
        _load_libraries(contestant, device)
        _ = world.model, world.task  # are there before, as for training
        level_bytes = memory.level_bytes()
        return memory.peak_bytes(whole) - level_bytes


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
