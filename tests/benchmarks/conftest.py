"""A small world, and its truth: made once for all tests that look at it."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.fidelity import retraining, truth
from benchmarks.fidelity.world import World
from tests.benchmarks.small_world import make_world


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


@pytest.fixture(scope="session")
def world() -> World:
    return make_world()


@pytest.fixture(scope="session")
def made(world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Work folder and cache after three retrainings with two seeds each."""
    root = tmp_path_factory.mktemp("fidelity")
    retraining.remake(world, root / "work", 2, 3, folder=root / "truth", say=lambda _: None)
    return root / "work", root / "truth"


@pytest.fixture(scope="session")
def observed(world: World, made: tuple[Path, Path]) -> truth.Truth:
    return truth.read(world, made[1])
