"""What competes: a name, and how to make ready what does one batch.

Everything that a pass over a training set does once (tables, projections, hooks) belongs into
`prepare`; what it does for each batch, into `run`.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from benchmarks.featurise.world import World

AFFORDABLE = ("small",)  # sizes at which a dense projection takes seconds a batch, not minutes


@dataclass(frozen=True)
class Prepared:
    """A contestant that stands ready."""

    run: Callable[[], object]  # one batch
    covered: int  # parameters whose gradients count
    row_numbers: int  # numbers that are kept of a segment; 0 where nothing is


@dataclass(frozen=True)
class Contestant:
    """`prepare` gets the world and the file of its curvature; `only` limits it to some sizes."""

    name: str
    prepare: Callable[[World, Path], Prepared]
    only: tuple[str, ...] | None = None

    def enters(self, world: World) -> bool:
        """Whether it takes part at this size, or would take hours."""
        return self.only is None or world.size.name in self.only


def training_step(world: World, curvature: Path) -> Prepared:
    """Forward and backward with the gradients of all weights: the baseline."""

    def run() -> None:
        world.model.zero_grad()
        torch.autograd.backward(world.task.sample_outputs(world.model, world.task.tokens).sum())

    return Prepared(run, world.parameters, 0)


def frozen_step(world: World, curvature: Path) -> Prepared:
    """The same with frozen weights: what any method that reads activations has to pay."""
    model = copy.deepcopy(world.model).requires_grad_(requires_grad=False)
    model.embedding.register_forward_hook(lambda _, inputs, output: output.requires_grad_())

    def run() -> None:
        torch.autograd.backward(world.task.sample_outputs(model, world.task.tokens).sum())

    return Prepared(run, 0, 0)


BASELINE = Contestant("training step", training_step)
FLOOR = Contestant("floor: weights frozen", frozen_step)
