"""`python -m benchmarks.audio featurise`: features of sound, over the model's own training step.

A training step is the forward and the backward pass and the update of AdamW, on the very same
segments; of the denoiser at the very same noise levels. One thread, processor time, both in turns,
the median of several rounds.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from attribution import engine
from attribution.audio.codec import Codec
from attribution.audio.codes_model import CodesConfig
from attribution.audio.corpus import SoundCorpus
from attribution.audio.recipes import RECIPES, SoundRecipe
from attribution.audio.tasks import task_of
from attribution.reference.training import one_thread, optimiser
from demo.sizes import SIZES

RECIPE_NAMES = ("demo-codes", "demo-denoiser")
# The engine's own, that of `make demo-audio`, and what a store of very many segments would keep.
DIMENSIONS = (engine.CaptureConfig().dimension, SIZES["sound"].capture["dimension"], 4096)
SEGMENTS, BATCH, ROUNDS = 16, 8, 7


@dataclass(frozen=True)
class Cost:
    """Processor seconds of a pass over all segments."""

    training: float
    features: float


def report(console: Console) -> None:
    """Print the table."""
    table = Table(box=None, pad_edge=False)
    for heading in ("model", "parameters", "numbers a row", "features / training step"):
        table.add_column(heading, justify="left" if heading == "model" else "right")
    with one_thread():
        for name in RECIPE_NAMES:
            for dimension in DIMENSIONS:
                model, cost = measured(RECIPES[name], dimension)
                ratio = cost.features / cost.training
                table.add_row(name, f"{_size(model):,}", f"{dimension:,}", f"{ratio:.2f} ×")
    console.print(table)


def measured(recipe: SoundRecipe, dimension: int) -> tuple[torch.nn.Module, Cost]:
    """A model with arbitrary weights, and what it costs to learn from segments and to see them."""
    model = recipe.untrained(Codec(recipe.codec), seed=0)
    corpus = _noise(recipe, SEGMENTS)
    task = task_of(model, corpus.segment)
    config = engine.CaptureConfig(dimension=dimension, batch_size=BATCH)
    curvature = engine.estimate_curvature(model, task, range(SEGMENTS), config)
    featuriser = engine.Featuriser(model, task, config, curvature)
    adam = optimiser(model, recipe.training)

    def learn() -> None:
        for start in range(0, SEGMENTS, BATCH):
            adam.zero_grad()
            batch = task.batch(np.arange(start, start + BATCH))
            task.sample_outputs(model, batch).mean().backward()  # type: ignore[no-untyped-call]
            adam.step()

    def see() -> None:
        featuriser.features(range(SEGMENTS))

    learn()  # both are warm then
    see()
    pairs = [(_seconds(learn), _seconds(see)) for _ in range(ROUNDS)]
    return model, Cost(*(statistics.median(each) for each in zip(*pairs, strict=True)))


def _noise(recipe: SoundRecipe, n_segments: int) -> SoundCorpus:
    """Segments of full length; what they sound like does not matter to a clock."""
    steps = recipe.model.steps
    generator = torch.Generator().manual_seed(0)
    if isinstance(recipe.model, CodesConfig):
        shape = (n_segments * steps, recipe.codec.codebooks)
        codes = torch.randint(recipe.codec.codes, shape, generator=generator)
        return SoundCorpus.of([codes], steps)
    latents = torch.randn(n_segments * steps, recipe.codec.width, generator=generator)
    return SoundCorpus.of([latents], steps)


def _size(model: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def _seconds(act: Callable[[], None]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started
