"""Ours: the default configuration, and one for each other value of its choices."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np

from attribution.engine import CaptureConfig, Curvature, Featuriser, estimate_curvature
from benchmarks.featurise.contestants import AFFORDABLE, Contestant, Prepared
from benchmarks.featurise.timing import Clock
from benchmarks.featurise.world import World

CHOICES = ("projection", "curvature")  # fields of the configuration that change the work
CURVATURE_BATCHES = 3
SHORT = 4096  # numbers a row, as the peers have


def contestants() -> Iterator[Contestant]:
    """Yield the default first."""
    default = CaptureConfig()
    yield Contestant("ours, default", partial(prepare, default))
    short = replace(default, dimension=SHORT)
    yield Contestant(f"ours, {SHORT:,} numbers", partial(prepare, short))
    for name, value in alternatives(default):
        dense = value == "dense"
        config = replace(short if dense else default, **{name: value})
        only = AFFORDABLE if dense else None
        yield Contestant(f"ours, {name} {value}", partial(prepare, config), only)


def alternatives(default: CaptureConfig) -> Iterator[tuple[str, Any]]:
    """Yield (field, value) for every value that a choice has beside the default's."""
    hints = get_type_hints(CaptureConfig)
    for name in CHOICES:
        values = get_args(hints[name])
        yield from ((name, value) for value in values if value != getattr(default, name))


def prepare(config: CaptureConfig, world: World, curvature: Path) -> Prepared:
    """A featuriser, its tables made by a first batch of one."""
    config = replace(config, batch_size=world.size.segments)
    whitened = Curvature.load(curvature) if config.curvature != "none" else None
    featuriser = Featuriser(world.model, world.task, config, whitened)
    featuriser.features([0])
    covered = featuriser.coverage().covered_ppm * world.parameters // 1_000_000
    return Prepared(lambda: featuriser.features(world.segments), covered, config.dimension)


def repeats_exactly(world: World, curvature: Path) -> bool:
    """Whether the default makes the same bytes twice, as whoever pays money by them needs."""
    prepared = prepare(CaptureConfig(), world, curvature)
    return bool(np.array_equal(np.asarray(prepared.run()), np.asarray(prepared.run())))


@dataclass(frozen=True)
class CurvatureCost:
    """What the curvature of one checkpoint costs, in the clock's seconds."""

    batch_seconds: float  # each batch of its sample, in all passes together
    once_seconds: float  # survey and decompositions, whatever the sample


def time_curvature(world: World, clock: Clock, path: Path) -> CurvatureCost:
    """Estimate the curvature on a few copies of the batch, and save it for the others."""
    marks = [clock.seconds()]
    config = CaptureConfig(batch_size=world.size.segments)
    sample = np.tile(np.asarray(world.segments), CURVATURE_BATCHES)
    curvature = estimate_curvature(
        world.model,
        world.task,
        sample,
        config,
        on_progress=lambda done, total: marks.append(clock.seconds()),
    )
    spent = clock.seconds() - marks[0]
    curvature.save(path)
    passes = (len(marks) - 1) // CURVATURE_BATCHES
    batch = passes * float(np.median(np.diff(marks[1:])))  # the first includes the survey
    return CurvatureCost(batch, spent - CURVATURE_BATCHES * batch)
