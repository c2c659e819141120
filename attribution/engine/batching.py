"""Finds out before a pass whether its batches fit in memory, by trying one.

How much a batch takes depends on the model, the length of segments, the projection and the device,
so it is measured and not computed. Trials grow from a single segment and stop before one that would
not fit, since a system that runs out of memory kills rather than refuses. A batch of n segments
takes at most n times what one takes, because some of it (weights, tables) is shared.

Rows depend on the batch size in their last digits, so a store has one size for all its workers: it
is chosen once, when the store is made, and written in its configuration. A worker with less memory
refuses to start.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from attribution.engine.config import CaptureConfig
from attribution.engine.errors import NotEnoughMemory
from attribution.engine.featuriser import Featuriser
from attribution.engine.memory import Memory, memory_of
from attribution.engine.task import Segments, Task

USABLE = 0.8  # of what is free: allocators fragment, and other processes grow
LOOKED_AT = 256  # segments among which the longest is sought
_FLOAT_BYTES = 4
_GIB = 1 << 30


def choose_batch_size(
    featuriser: Featuriser, segments: Segments, *, memory: Memory | None = None
) -> int:
    """Return the largest batch size that fits, at most `featuriser.config.batch_size`.

    Tries 1, 2, 4, ... copies of the longest of these segments (of LOOKED_AT evenly spread ones if
    there are more; name the longest alone if you know it). Put the answer in the configuration
    *before* a store is made: `dataclasses.replace(config, batch_size=...)`. Raises NotEnoughMemory
    when not even one segment fits.
    """
    memory = memory or memory_of(next(featuriser.model.parameters()).device)
    refuse_large_rows(featuriser.config, memory)
    size = _grow(featuriser, longest_segment(featuriser.task, segments), memory)
    if size == 0:
        raise NotEnoughMemory(
            f"Not even one segment at a time fits in {_told(memory.free_bytes())} of free memory. "
            "Use shorter segments, a smaller CaptureConfig.dimension or a machine with more memory."
        )
    return size


def require_memory(
    featuriser: Featuriser, segments: Segments, *, memory: Memory | None = None
) -> None:
    """Raise NotEnoughMemory if batches of the configured size do not fit here.

    For a worker, before it starts on a store whose batch size is fixed. Costs one segment where
    there is plenty of memory.
    """
    memory = memory or memory_of(next(featuriser.model.parameters()).device)
    refuse_large_rows(featuriser.config, memory)
    wanted = featuriser.config.batch_size
    found = _grow(featuriser, longest_segment(featuriser.task, segments), memory, plenty=True)
    if found < wanted:
        raise NotEnoughMemory(
            f"This store is made in batches of {wanted}, and {found} segments at a time is what "
            f"fits in {_told(memory.free_bytes())} of free memory. Run fewer workers on this "
            "machine, use one with more memory, or make a new store with a CaptureConfig.batch_size"
            f" of {max(found, 1)}: rows made with another size differ in their last digits."
        )


def refuse_large_rows(config: CaptureConfig, memory: Memory) -> None:
    """Raise NotEnoughMemory when rows of this dimension cannot be held, before any is made.

    Counts what any projection needs: the rows of one shard, twice while they are gathered, and an
    accumulator of 2 × dimension numbers for each sample of a batch.
    """
    free_bytes = memory.free_bytes()
    rows = 2 * config.shard_rows + 2 * config.batch_size
    needed_bytes = rows * config.dimension * _FLOAT_BYTES
    if free_bytes is not None and needed_bytes > free_bytes:
        raise NotEnoughMemory(
            f"Rows of {config.dimension:,} numbers need {_told(needed_bytes)} for a shard of "
            f"{config.shard_rows} rows and batches of {config.batch_size}, and "
            f"{_told(free_bytes)} are free. Lower CaptureConfig.dimension, or shard_rows."
        )


def longest_segment(task: Task, segments: Segments) -> int:
    """Return the segment whose batch holds most numbers, among LOOKED_AT evenly spread ones."""
    offered = np.asarray(segments, dtype=np.int64)
    places = np.linspace(0, len(offered) - 1, min(len(offered), LOOKED_AT)).astype(np.int64)
    sizes = [_numbers(task.batch(offered[place : place + 1])) for place in places]
    return int(offered[places[int(np.argmax(sizes))]])


def _grow(featuriser: Featuriser, segment: int, memory: Memory, *, plenty: bool = False) -> int:
    """Return the largest size that fitted, doubling from 1; 0 if none did.

    With `plenty`, sizes that fit by calculation need no trial.
    """
    largest, free_bytes = featuriser.config.batch_size, memory.free_bytes()
    usable_bytes = math.inf if free_bytes is None else USABLE * free_bytes
    level_bytes = memory.level_bytes()
    fitted, size = 0, 1
    while fitted < largest:
        peak_bytes = _peak_bytes(featuriser, [segment] * size, memory)
        if peak_bytes is None or (taken_bytes := peak_bytes - level_bytes) > usable_bytes:
            break
        fitted, size = size, min(2 * size, largest)
        if plenty and taken_bytes * largest <= usable_bytes * fitted:
            return largest
        if taken_bytes * size > usable_bytes * fitted:
            break
    return fitted


def _peak_bytes(featuriser: Featuriser, segments: list[int], memory: Memory) -> int | None:
    """Return the level at the peak of one batch, or None where the allocator refused it."""
    try:
        return memory.peak_bytes(lambda: featuriser.features(segments))
    except (MemoryError, torch.OutOfMemoryError):
        return None
    except RuntimeError as error:  # how torch's CPU allocator says it
        if "can't allocate memory" not in str(error):
            raise
        return None


def _numbers(batch: Any) -> int:
    """Count the numbers in the tensors and arrays of a batch, however they are packed."""
    if isinstance(batch, Tensor | np.ndarray):
        return int(np.prod(batch.shape))
    if isinstance(batch, Mapping):
        return sum(_numbers(part) for part in batch.values())
    if isinstance(batch, tuple | list):
        return sum(_numbers(part) for part in batch)
    return sum(_numbers(part) for part in vars(batch).values()) if hasattr(batch, "__dict__") else 0


def _told(size_bytes: int | None) -> str:
    return "an unknown amount" if size_bytes is None else f"{size_bytes / _GIB:,.2f} GiB"
