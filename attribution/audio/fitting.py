"""Training a model of sound, with checkpoints along the run.

The loop of the symbolic model, over whatever a model of sound predicts: a run is a pure function of
model, configuration and corpus, on one CPU thread with generators of its own. A killed run begins
again; a finished one is recognised and left alone.
"""

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from attribution.audio.checkpoints import SoundCheckpoint, clear, list_checkpoints, write
from attribution.reference.arrays import IntArray
from attribution.reference.training import (
    Progress,
    TrainingConfig,
    checkpoint_steps,
    one_thread,
    optimiser,
    rate_at,
)


class Lesson(Protocol):
    """What a model is trained to do with the segments of a corpus."""

    @property
    def n_segments(self) -> int: ...

    @property
    def identity(self) -> str:
        """Tells corpus and task from others."""
        ...

    def loss(self, model: nn.Module, segments: IntArray, noise: torch.Generator) -> Tensor:
        """The mean loss of a batch; all chance comes from `noise`."""
        ...

    def size(self, segments: IntArray) -> int:
        """How many steps of sound a batch has."""
        ...


def train(
    model: Callable[[], nn.Module],
    lesson: Lesson,
    config: TrainingConfig,
    folder: Path,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> list[SoundCheckpoint]:
    """Train a model from its seed and return its checkpoints, in order of steps.

    `folder` belongs to this run alone: checkpoints of other runs in it are removed.

    Args:
        model: makes the untrained model.
        config: `transposition` is not used; sounds are heard as they are.
    """
    with one_thread():
        learner = model()
        run = _identity(learner, lesson, config)
        saves = checkpoint_steps(n_steps(lesson, config), config.checkpoints)
        folder.mkdir(parents=True, exist_ok=True)
        done = [point for point in list_checkpoints(folder) if point.run == run]
        if [point.step for point in done] == saves:
            return done
        clear(folder)
        written = []
        for progress in fit(learner, lesson, config):
            on_progress(progress)
            if progress.step in saves:
                written.append(write(folder, learner, run=run, step=progress.step))
    return written


def n_steps(lesson: Lesson, config: TrainingConfig) -> int:
    """How many updates a run has."""
    return config.epochs * math.ceil(lesson.n_segments / config.batch_size)


def _identity(model: nn.Module, lesson: Lesson, config: TrainingConfig) -> str:
    """The sha256 of everything that decides the weights, but the version of torch."""
    digest = hashlib.sha256(json.dumps([asdict(config), lesson.identity]).encode())
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode() + tensor.numpy().tobytes())
    return digest.hexdigest()


def fit(model: nn.Module, lesson: Lesson, config: TrainingConfig) -> Iterator[Progress]:
    """Run the loop and yield after every step; the caller may save the model in between."""
    steps = n_steps(lesson, config)
    adam = optimiser(model, config)
    noise = torch.Generator().manual_seed(config.seed)
    total = config.epochs * lesson.size(np.arange(lesson.n_segments))
    recent, seen, started = math.nan, 0, time.perf_counter()
    for step, segments in enumerate(_batches(lesson.n_segments, config)):
        for group in adam.param_groups:
            group["lr"] = rate_at(step, steps, config)
        loss = lesson.loss(model, segments, noise)
        adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), config.clip)
        adam.step()
        recent = loss.item() if math.isnan(recent) else 0.98 * recent + 0.02 * loss.item()
        seen += lesson.size(segments)
        rate = seen / (time.perf_counter() - started)
        yield Progress(step + 1, steps, seen, total, recent, rate)


def _batches(n_segments: int, config: TrainingConfig) -> Iterator[IntArray]:
    """Every epoch visits each segment once, in a new order."""
    rng = np.random.default_rng(config.seed)
    for _ in range(config.epochs):
        order = rng.permutation(n_segments)
        for start in range(0, n_segments, config.batch_size):
            yield order[start : start + config.batch_size]
