"""Which model to train on what occasion.

Owns three tested pairs of model size and training run; figures and reasons stand beside them. It
must not train anything.
"""

from dataclasses import dataclass

from attribution.reference.model import ModelConfig
from attribution.reference.training import TrainingConfig


@dataclass(frozen=True)
class Recipe:
    """Sizes without the vocabulary, which the tokens decide, and a run without its seed."""

    context: int
    width: int
    layers: int
    heads: int
    hidden: int
    epochs: int
    batch_size: int
    learning_rate: float
    transposition: int
    checkpoints: int = 4

    def model(self, vocabulary: int) -> ModelConfig:
        return ModelConfig(
            vocabulary, self.context, self.width, self.layers, self.heads, self.hidden
        )

    def training(self, seed: int) -> TrainingConfig:
        """The run of one ensemble member."""
        return TrainingConfig(
            epochs=self.epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            transposition=self.transposition,
            checkpoints=self.checkpoints,
            seed=seed,
        )


TINY = Recipe(
    context=64,
    width=32,
    layers=2,
    heads=2,
    hidden=64,
    epochs=6,
    batch_size=8,
    learning_rate=5e-3,
    transposition=0,
    checkpoints=2,
)
