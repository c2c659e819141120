"""A world of eight tracks and four controls, whose models train in a second."""

import numpy as np

from attribution.reference.model import ModelConfig
from attribution.reference.training import TrainingConfig
from benchmarks.fidelity.world import World

CONTEXT, BOS = 16, 0


def melody(rng: np.random.Generator) -> np.ndarray:
    """Two to sixteen tokens that walk up and down."""
    steps = rng.integers(-2, 3, int(rng.integers(8, CONTEXT + 1)))
    return (2 + np.abs(np.cumsum(steps)) % 20).astype(np.int16)


def make_world(seed: int = 3) -> World:
    rng = np.random.default_rng(seed)
    tracks = [[melody(rng), melody(rng)] for _ in range(12)]
    return World(
        tracks=tracks[:8],
        controls=tracks[8:],
        model=ModelConfig(24, CONTEXT, width=8, layers=1, heads=2, hidden=12),
        training=TrainingConfig(epochs=2, batch_size=4, learning_rate=5e-3, transposition=0),
        bos=BOS,
        pitches=range(2, 22),
        never=(BOS, 1),
        n_generated=6,
        n_subsets=5,
        n_copies=5,
        checkpoints=2,
    )
