"""Training the reference model, with checkpoints along the run.

Owns the optimisation loop, its schedule and the measure of fit. A run is a pure function of (model
configuration, training configuration, corpus): one CPU thread, generators of its own, no dropout;
twice the same run gives the same bytes. A killed run is started again from the beginning, a
finished one is recognised and left alone. It must not read music files or choose data.
"""

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from attribution.reference.arrays import IntArray
from attribution.reference.checkpoints import (
    BrokenCheckpoint,
    Checkpoint,
    CheckpointRecord,
    clear,
    list_checkpoints,
    load_model,
    weights,
    write,
)
from attribution.reference.model import ModelConfig, MusicTransformer
from attribution.reference.segments import Corpus, Windows


@dataclass(frozen=True)
class TrainingConfig:
    """A run of `epochs` passes over the corpus, by AdamW with warm-up and cosine decay.

    `transposition` is the largest shift in semitones: each window of each epoch is moved by a
    random number of them up or down, as far as the range of pitches allows.
    """

    epochs: int = 10
    batch_size: int = 8
    learning_rate: float = 2e-3
    warm_up: float = 0.05  # part of all steps
    weight_decay: float = 0.05
    clip: float = 1.0  # largest norm of a gradient
    transposition: int = 5
    checkpoints: int = 4  # evenly spaced, the last one at the end
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.epochs, self.batch_size, self.checkpoints) < 1 or self.transposition < 0:
            raise ValueError(f"A run needs at least one epoch, sample and checkpoint: {self}.")


@dataclass(frozen=True)
class Progress:
    """State of a run after a step; `loss` is in nats a token, averaged over recent steps."""

    step: int
    steps: int
    tokens: int
    tokens_total: int
    loss: float
    tokens_per_second: float


@contextmanager
def one_thread() -> Iterator[None]:
    """Sums in a fixed order: more threads would make results depend on the machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def token_losses(model: nn.Module, windows: Windows) -> Tensor:
    """Cross-entropy of every token in nats, 0 where there is none to predict: (batch, T)."""
    device = next(model.parameters()).device
    inputs, targets, mask = (torch.from_numpy(array).to(device) for array in windows)
    logits = model(inputs)
    losses = functional.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
    return losses * mask


def nats_per_token(model: nn.Module, corpus: Corpus, batch_size: int = 16) -> float:
    """The mean loss over all tokens of the corpus (divide by ln 2 for bits)."""
    total, segments = 0.0, np.arange(len(corpus.table))
    with one_thread(), torch.inference_mode():
        for start in range(0, len(segments), batch_size):
            windows = corpus.windows(segments[start : start + batch_size])
            total += float(token_losses(model, windows).sum(dtype=torch.float64))
    return total / int(corpus.table.length.sum())


def transpose_windows(windows: Windows, pitches: range, shifts: IntArray) -> Windows:
    """Moves row i by shifts[i] semitones (rows,), or as far as all its pitches stay in range."""
    is_pitch = (windows.targets >= pitches.start) & (windows.targets < pitches.stop) & windows.mask
    low = np.where(is_pitch, windows.targets, pitches.stop - 1).min(axis=1)
    high = np.where(is_pitch, windows.targets, pitches.start).max(axis=1)
    shifts = np.clip(shifts, pitches.start - low, pitches.stop - 1 - high)
    targets = windows.targets + is_pitch * shifts[:, None]
    inputs = np.concatenate((windows.inputs[:, :1], targets[:, :-1]), axis=1)
    return Windows(inputs, targets, windows.mask)


def rate_at(step: int, steps: int, config: TrainingConfig) -> float:
    """Learning rate of a step counted from 0: linear warm-up, then a cosine down to a tenth."""
    warm = max(1, round(config.warm_up * steps))
    if step < warm:
        return config.learning_rate * (step + 1) / warm
    done = (step - warm) / max(1, steps - warm)
    return config.learning_rate * (0.1 + 0.45 * (1 + math.cos(math.pi * done)))


def batches(corpus: Corpus, config: TrainingConfig) -> Iterator[Windows]:
    """All batches of the run: every epoch visits each segment once, in a new order."""
    rng = np.random.default_rng(config.seed)
    reach = config.transposition
    for _ in range(config.epochs):
        order = rng.permutation(len(corpus.table))
        for start in range(0, len(order), config.batch_size):
            windows = corpus.windows(order[start : start + config.batch_size])
            shifts = rng.integers(-reach, reach, len(windows.mask), endpoint=True)
            yield transpose_windows(windows, corpus.pitches, shifts)


def optimiser(model: nn.Module, config: TrainingConfig) -> torch.optim.AdamW:
    """AdamW; biases and norms do not decay."""
    decayed = [p for p in model.parameters() if p.dim() > 1]
    kept = [p for p in model.parameters() if p.dim() <= 1]
    groups = [
        {"params": decayed, "weight_decay": config.weight_decay},
        {"params": kept, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.98))


def step_on(model: nn.Module, adam: torch.optim.Optimizer, windows: Windows, clip: float) -> float:
    """One update by the mean loss of a batch, which is returned."""
    loss = token_losses(model, windows).sum() / int(windows.mask.sum())
    adam.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(model.parameters(), clip)
    adam.step()
    return loss.item()


def run_identity(model: ModelConfig, training: TrainingConfig, corpus: Corpus) -> str:
    """The sha256 of everything that decides the weights, but the version of torch."""
    parts = [asdict(model), asdict(training), corpus.sha256()]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def checkpoint_steps(steps: int, count: int) -> list[int]:
    """After which steps to save: evenly spaced, the last one at the end, no step twice."""
    return sorted({max(1, round(steps * i / count)) for i in range(1, count + 1)})


def finished(folder: Path, run: str, saves: list[int]) -> list[Checkpoint] | None:
    """The checkpoints of this very run when all of them are there, else None."""
    try:
        found = [c for c in list_checkpoints(folder) if c.record.run == run]
        for checkpoint in found:
            load_model(checkpoint)
    except BrokenCheckpoint:
        return None
    return found if [c.record.step for c in found] == saves else None


def train(
    model_config: ModelConfig,
    config: TrainingConfig,
    corpus: Corpus,
    folder: Path,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> list[Checkpoint]:
    """Trains a model from its seed and returns its checkpoints, in order of steps.

    `folder` belongs to this run alone: checkpoints of other runs in it are removed. When all the
    checkpoints of this run are there already they are returned at once.
    """
    run = run_identity(model_config, config, corpus)
    steps = config.epochs * math.ceil(len(corpus.table) / config.batch_size)
    saves = checkpoint_steps(steps, config.checkpoints)
    folder.mkdir(parents=True, exist_ok=True)
    done = finished(folder, run, saves)
    if done is not None:
        return done
    clear(folder)
    with one_thread():
        model = MusicTransformer(model_config, seed=config.seed)
        written = []
        for progress in optimise(model, config, corpus, steps):
            on_progress(progress)
            if progress.step in saves:
                written.append(_save(model, config, corpus, progress, folder, run))
    return written


def optimise(
    model: MusicTransformer, config: TrainingConfig, corpus: Corpus, steps: int
) -> Iterator[Progress]:
    """Runs the loop and yields after every step; the caller may save the model in between."""
    adam, started = optimiser(model, config), time.monotonic()
    tokens, total, loss = 0, config.epochs * int(corpus.table.length.sum()), 0.0
    for step, windows in enumerate(batches(corpus, config)):
        for group in adam.param_groups:
            group["lr"] = rate_at(step, steps, config)
        latest = step_on(model, adam, windows, config.clip)
        if not math.isfinite(latest):
            raise FloatingPointError(f"The loss is {latest} at step {step + 1}: lower the rate.")
        tokens += int(windows.mask.sum())
        loss = latest if step == 0 else 0.95 * loss + 0.05 * latest
        speed = tokens / max(1e-9, time.monotonic() - started)
        yield Progress(step + 1, steps, tokens, total, loss, speed)


def _save(
    model: MusicTransformer,
    config: TrainingConfig,
    corpus: Corpus,
    progress: Progress,
    folder: Path,
    run: str,
) -> Checkpoint:
    content = weights(model)
    record = CheckpointRecord(
        run=run,
        model=asdict(model.config),
        training=asdict(config),
        corpus_sha256=corpus.sha256(),
        step=progress.step,
        steps=progress.steps,
        tokens_seen=progress.tokens,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return write(folder, content, record)
