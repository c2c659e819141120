"""Which model of sound to train on what occasion: sizes and runs.

DEMO learns the bundled songs, played by the project's own instrument, in minutes on one core.
"""

from dataclasses import dataclass, field, replace

from attribution.audio.codec import Codec, CodecConfig
from attribution.audio.codes_model import CodesConfig, CodesModel
from attribution.audio.corpus import SoundCorpus
from attribution.audio.denoiser import Denoiser, DenoiserConfig
from attribution.audio.fitting import Lesson
from attribution.audio.lessons import CodesLesson, DenoisingLesson
from attribution.audio.spectrum import Spectrum
from attribution.reference.training import TrainingConfig


@dataclass(frozen=True)
class SoundRecipe:
    """A codec, a model on top of it, and the run that trains it."""

    model: CodesConfig | DenoiserConfig
    training: TrainingConfig
    codec: CodecConfig = field(default_factory=CodecConfig)

    def untrained(self, codec: Codec, seed: int) -> CodesModel | Denoiser:
        """The model before it is trained."""
        if isinstance(self.model, CodesConfig):
            return CodesModel(self.model, codec, seed)
        return Denoiser(self.model, codec, seed)

    def training_of(self, seed: int) -> TrainingConfig:
        """The run of one ensemble member."""
        return replace(self.training, seed=seed)

    def lesson(self, corpus: SoundCorpus) -> Lesson:
        """What it is trained to do with a corpus of its codec's steps."""
        if isinstance(self.model, CodesConfig):
            return CodesLesson(corpus, self.codec.codes)
        return DenoisingLesson(corpus, levels=1)


_SMALL = CodecConfig(
    spectrum=Spectrum(8000, window_samples=512, hop_samples=128, bands=32, lowest_hz=60.0),
    patch=2,
    width=12,
    codebooks=3,
    codes=24,
)

RECIPES = {
    "tiny-codes": SoundRecipe(
        CodesConfig(steps=24, width=24, layers=2, heads=2, hidden=32),
        TrainingConfig(epochs=4, batch_size=8, learning_rate=5e-3, transposition=0, checkpoints=2),
        _SMALL,
    ),
    "tiny-denoiser": SoundRecipe(
        DenoiserConfig(steps=24, width=24, layers=2, heads=2, hidden=32),
        TrainingConfig(epochs=4, batch_size=8, learning_rate=5e-3, transposition=0, checkpoints=2),
        _SMALL,
    ),
    "demo-codes": SoundRecipe(
        CodesConfig(steps=128, width=160, layers=3, heads=4, hidden=480),
        # At twice this rate one seed in two does not learn, and two members then agree on nothing.
        TrainingConfig(epochs=16, batch_size=8, learning_rate=1e-3, transposition=0, checkpoints=2),
        CodecConfig(width=40, codebooks=3, codes=256),
    ),
    "demo-denoiser": SoundRecipe(
        DenoiserConfig(steps=128, width=128, layers=3, heads=4, hidden=384),
        TrainingConfig(
            epochs=100, batch_size=8, learning_rate=1e-3, transposition=0, checkpoints=2
        ),
    ),
}
