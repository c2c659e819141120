"""Models of sound, retrained on halves of the tracks: what is trained on, asked and observed.

Bundled songs, played by the project's own instrument, are cut into segments of a codec that is
fitted once and stays the same for all retrainings, as a platform's codec would. Slow and resumable:
a retraining is one small file. It must not know any attribution method.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from attribution.audio.checkpoints import load_model
from attribution.audio.codec import Codec, CodecConfig, fit_codec
from attribution.audio.codes_model import CodesConfig, CodesModel
from attribution.audio.corpus import SoundCorpus
from attribution.audio.denoiser import Denoiser, DenoiserConfig
from attribution.audio.fitting import Lesson, fit, train
from attribution.audio.generating import play_codes, play_latents
from attribution.audio.lessons import CodesLesson, DenoisingLesson
from attribution.audio.rendering import render_file
from attribution.audio.spectrum import Spectrum
from attribution.audio.tasks import CodesTask, LatentsTask
from attribution.engine.task import Task
from attribution.reference.arrays import BoolArray, FloatArray, IntArray
from attribution.reference.files import write_atomically
from attribution.reference.sampling import SamplingConfig
from attribution.reference.training import TrainingConfig, one_thread
from benchmarks.fidelity.truth import array_bytes
from benchmarks.fidelity.world import CATALOGUE, GENERATED, HELD_OUT

CODES, DENOISER = "codes", "denoiser"
OBSERVED_LEVELS = 20
CODEC = CodecConfig(
    spectrum=Spectrum(16_000, window_samples=1024, hop_samples=400, bands=64, quietest=1e-4),
    patch=2,
    width=24,
    codebooks=3,
    codes=128,
    loudness=0.0,
)
TRAINING = TrainingConfig(epochs=120, batch_size=8, learning_rate=1.5e-3, transposition=0)
_AT_ONCE = 16


@dataclass(frozen=True)
class SoundWorld:
    """Everything that decides the truth but the seeds; the numbers are copied, never borrowed."""

    kind: str  # CODES or DENOISER
    n_tracks: int = 48
    n_controls: int = 24
    seconds: float = 7.0  # of each song, from its first note on
    window: int = 64  # steps of a segment
    n_generated: int = 24
    n_subsets: int = 40
    codec: CodecConfig = CODEC
    training: TrainingConfig = TRAINING

    @property
    def identity(self) -> str:
        """Names the folder in which its work is kept."""
        files = [hashlib.sha256(path.read_bytes()).hexdigest() for path in self._songs()]
        text = json.dumps([asdict(self), files], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def _songs(self) -> list[Path]:
        """Songs evenly spread over the bundled ones."""
        with (CATALOGUE / "manifest.csv").open(encoding="utf-8", newline="") as rows:
            files = [CATALOGUE / row["file"] for row in csv.DictReader(rows)]
        places = np.linspace(0, len(files) - 1, self.n_tracks + self.n_controls).astype(int)
        return [files[place] for place in places]

    @cached_property
    def sounds(self) -> list[Tensor]:
        """The songs as samples: every third is a control until there are enough."""
        rate = self.codec.spectrum.samples_per_second
        return [torch.from_numpy(render_file(path, rate, self.seconds)) for path in self._songs()]

    @cached_property
    def _is_control(self) -> BoolArray:
        control = np.zeros(len(self.sounds), dtype=np.bool_)
        control[:: len(self.sounds) // self.n_controls] = True
        return control

    @cached_property
    def fitted(self) -> Codec:
        """The codec, fitted on what may be trained on."""
        return fit_codec(self.sounds_of(control=False), self.codec)

    def sounds_of(self, *, control: bool) -> list[Tensor]:
        """The songs that are controls, or those that may be trained on."""
        return [
            sound
            for sound, is_one in zip(self.sounds, self._is_control, strict=True)
            if is_one == control
        ]

    def read(self, sound: Tensor) -> Tensor:
        """Samples as the model reads them: codes or latents."""
        return self.fitted.encode(sound) if self.kind == CODES else self.fitted.latents(sound)

    @cached_property
    def tracks(self) -> list[Tensor]:
        """What may be trained on, (steps, numbers) each."""
        return [self.read(sound) for sound in self.sounds_of(control=False)]

    def corpus(self, chosen: Sequence[int] | IntArray) -> SoundCorpus:
        """The segments of these tracks."""
        return SoundCorpus.of([self.tracks[int(track)] for track in chosen], self.window)

    @cached_property
    def full(self) -> SoundCorpus:
        """The segments of all tracks."""
        return self.corpus(range(len(self.tracks)))

    def held_out(self) -> list[Tensor]:
        """One segment of each control."""
        return [self.read(sound)[: self.window] for sound in self.sounds_of(control=True)]

    def untrained(self, seed: int) -> nn.Module:
        """The model before it is trained."""
        if self.kind == CODES:
            sizes = CodesConfig(self.window, width=64, layers=2, heads=4, hidden=128)
            return CodesModel(sizes, self.fitted, seed)
        shape = DenoiserConfig(self.window, width=64, layers=2, heads=4, hidden=128)
        return Denoiser(shape, self.fitted, seed)

    def lesson(self, corpus: SoundCorpus) -> Lesson:
        if self.kind == CODES:
            return CodesLesson(corpus, self.codec.codes)
        return DenoisingLesson(corpus, levels=1)

    def loss_task(self, sequences: Sequence[Tensor]) -> Task:
        """The loss that is observed; of a denoiser, over many levels with fixed noise."""
        segment: Callable[[int], Tensor] = sequences.__getitem__
        if self.kind == CODES:
            return CodesTask(segment, self.codec.codes, books=self.codec.codebooks)
        return LatentsTask(segment, levels=OBSERVED_LEVELS)

    def subsets(self) -> BoolArray:
        """Random halves of the tracks, (n_subsets, n_tracks)."""
        rng = np.random.default_rng(20_250_311)
        halves = np.zeros((self.n_subsets, len(self.tracks)), dtype=np.bool_)
        for half in halves:
            half[rng.permutation(len(half))[: len(half) // 2]] = True
        return halves


@dataclass(frozen=True)
class SoundTruth:
    """What was observed, and on what."""

    queries: list[Tensor]
    kinds: list[str]  # of each query
    subsets: BoolArray  # (n_subsets, n_tracks)
    losses: FloatArray  # (n_seeds, n_subsets, n_queries)

    def of_kind(self, kind: str, *, tuning: bool) -> IntArray:
        """Places of the queries of a kind: every fourth is for tuning, the others are reported."""
        mine = np.flatnonzero(np.array(self.kinds) == kind)
        is_tuning = np.arange(len(mine)) % 4 == 0
        chosen: IntArray = mine[is_tuning if tuning else ~is_tuning]
        return chosen


def full_model(world: SoundWorld, work: Path) -> Any:
    """The model that was trained on everything; trained unless its checkpoint is there."""
    config = replace(world.training, seed=0, checkpoints=1)
    folder = work / world.identity / "full"
    (checkpoint,) = train(lambda: world.untrained(0), world.lesson(world.full), config, folder)
    return load_model(checkpoint.path)


def observe(world: SoundWorld, work: Path, seeds: int, say: Callable[[str], None]) -> SoundTruth:
    """Do the retrainings that are missing, and return what they lost on each query."""
    model = full_model(world, work)
    generated = _generated(world, model)
    held_out = world.held_out()
    queries = [*generated, *held_out]
    kinds = [GENERATED] * len(generated) + [HELD_OUT] * len(held_out)
    subsets = world.subsets()
    losses = np.stack(
        [
            np.stack(
                [
                    _retrained(world, work, seed, subset, half, queries, say)
                    for subset, half in enumerate(subsets)
                ]
            )
            for seed in range(1, seeds + 1)
        ]
    )
    return SoundTruth(queries, kinds, subsets, losses)


def _generated(world: SoundWorld, model: Any) -> list[Tensor]:
    if world.kind == CODES:
        pieces = play_codes(model, world.n_generated, world.window, SamplingConfig(seed=7))
    else:
        pieces = play_latents(model, world.n_generated, world.window, seed=7)
    return list(pieces)


def _retrained(
    world: SoundWorld,
    work: Path,
    seed: int,
    subset: int,
    half: Any,
    queries: list[Tensor],
    say: Callable[[str], None],
) -> FloatArray:
    """The loss of each query under one retraining, (n_queries,), made unless it is there."""
    path = work / world.identity / f"seed-{seed}" / f"subset-{subset:02d}.npy"
    if not path.exists():
        config = replace(world.training, seed=1000 * seed + subset)
        with one_thread():
            model = world.untrained(config.seed)
            for _ in fit(model, world.lesson(world.corpus(np.flatnonzero(half))), config):
                pass
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, array_bytes(losses_of(world, model, queries)))
        say(f"seed {seed}, subset {subset} of {world.n_subsets}")
    found: FloatArray = np.load(path)
    return found


def losses_of(world: SoundWorld, model: nn.Module, queries: list[Tensor]) -> FloatArray:
    """What each query costs a model, (n_queries,)."""
    task, found = world.loss_task(queries), []
    model.eval()
    with one_thread(), torch.inference_mode():
        for start in range(0, len(queries), _AT_ONCE):
            batch = task.batch(np.arange(start, min(start + _AT_ONCE, len(queries))))
            found.append(task.sample_outputs(model, batch).double().numpy())
    return np.concatenate(found)
