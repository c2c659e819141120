"""Which model to train on what occasion.

Owns three pairs of model size and training run, with the figures that chose them. It must not
train anything.

DEMO was chosen on the bundled songs (82 trained on, 190,716 tokens; 60 controls, 143,452 tokens),
one core, 1.9 million tokens in about 180 seconds. Nats a token, start of windows included:

    model, about 0.5 M parameters                            trained on    controls
    5-gram, interpolated modified Kneser-Ney                                2.411
    the same, also counted over transpositions by 1, 2                      2.236
    the same, by 1 to 5                                                     2.175
    width 128, 3 layers, batch 4, no transposition              1.644       1.869
    width 128, 3 layers, batch 4, transposition up to 2         1.706       1.833   <- DEMO

Transposition helps the controls and costs some memory of the very songs, but a song shifted by 2 or
5 semitones is also traced to its source more often. All of it fits one core's three minutes.
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


# 0.49 M parameters: `make demo`, two members in parallel.
DEMO = Recipe(
    context=256,
    width=128,
    layers=3,
    heads=4,
    hidden=288,
    epochs=10,
    batch_size=4,
    learning_rate=2e-3,
    transposition=2,
)

# 1.4 M parameters: `make demo-full`, three members on training and extra songs together.
FULL = Recipe(
    context=256,
    width=160,
    layers=5,
    heads=5,
    hidden=480,
    epochs=6,
    batch_size=8,
    learning_rate=1.5e-3,
    transposition=2,
)

# 29 thousand parameters: seconds, for tests.
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

RECIPES = {"tiny": TINY, "demo": DEMO, "full": FULL}
