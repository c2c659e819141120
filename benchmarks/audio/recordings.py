"""`python -m benchmarks.audio recordings --folder FOLDER`: a model of sound on recorded music.

Any folder of recordings will do. Files whose names differ by a number at the end are clips of one
track and stay together; of a long track four clips are taken, and what is too short for a passage
is left out. Two members of the demo's model are trained on three fifths of the tracks; the others
are controls. Then both are asked where pieces come from whose origin is known: passages of trained
tracks as MP3, and passages of controls, which come from nowhere. What the model plays is written
beside it, to be listened to.
"""

import io
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track as shown
from rich.table import Table
from torch import Tensor

from attribution import engine
from attribution.audio.checkpoints import load_model
from attribution.audio.codec import fit_codec
from attribution.audio.codes_model import CodesModel
from attribution.audio.corpus import SoundCorpus
from attribution.audio.fitting import train
from attribution.audio.generating import play
from attribution.audio.lessons import mean_loss
from attribution.audio.reading import read_mono
from attribution.audio.recipes import RECIPES
from attribution.audio.tasks import CodesTask
from attribution.audio.writing import flac
from attribution.reference.training import one_thread
from benchmarks.catalogue import _recodings as recodings

RECIPE = RECIPES["demo-codes"]
RATE = RECIPE.codec.spectrum.samples_per_second
CONFIG = engine.CaptureConfig(dimension=16_384)
SEEDS = (0, 1)
ENDINGS = {".flac", ".mp3", ".ogg", ".wav"}
WORK = Path(__file__).parents[2] / "var" / "recordings"
PASSAGE_SECONDS, PLAYED_SECONDS = 8.0, 12.0
N_PASSAGES, N_PLAYED = 24, 24
SHORTEST_SECONDS = 4 / 3 * PASSAGE_SECONDS  # a passage begins after a quarter of a clip
CLIP_SECONDS, MOST_CLIPS = 20.0, 4  # of a track: what is learnt in minutes
FEWEST_TRACKS = 30
CURVATURE_SEGMENTS = 256


def tracks_of(folder: Path) -> list[list[Path]]:
    """The files of each track, by its name without the number of the clip."""
    tracks: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in ENDINGS:
            tracks.setdefault(re.sub(r"[-_ ]\d{1,3}$", "", path.stem), []).append(path)
    return list(tracks.values())


def clips_of(sound: Tensor) -> list[Tensor]:
    """A short recording whole, of a long one a few clips evenly spread, of a sound nothing."""
    if len(sound) < SHORTEST_SECONDS * RATE:
        return []
    length = int(CLIP_SECONDS * RATE)
    count = min(MOST_CLIPS, len(sound) // length)
    if count < 2:
        return [sound]
    starts = np.linspace(0, len(sound) - length, count).astype(int)
    return [sound[start : start + length] for start in starts]


@dataclass(frozen=True)
class Music:
    """The clips of all tracks as samples, and what each track is there for."""

    sounds: list[list[Tensor]]  # of each track its clips, (n,) each
    roles: NDArray[np.int64]  # (n_tracks,) `engine.Role`

    @classmethod
    def of(cls, folder: Path) -> "Music":
        sounds = [
            [clip for path in paths for clip in clips_of(torch.from_numpy(read_mono(path, RATE)))]
            for paths in shown(tracks_of(folder), "Reading recordings", transient=True)
        ]
        sounds = [clips for clips in sounds if clips]
        if len(sounds) < FEWEST_TRACKS:
            raise SystemExit(
                f"{folder} has recordings of {len(sounds)} tracks of {SHORTEST_SECONDS:g} s or "
                f"more ({', '.join(sorted(ENDINGS))}); at least {FEWEST_TRACKS} are needed."
            )
        order = np.random.default_rng(0).permutation(len(sounds))
        roles = np.full(len(sounds), int(engine.Role.TRAINED))
        controls = order[: 2 * len(sounds) // 5]
        roles[controls] = int(engine.Role.CALIBRATION)
        roles[controls[::2]] = int(engine.Role.TEST)
        return cls(sounds, roles)

    def places(self, *, trained: bool) -> NDArray[np.int64]:
        return np.flatnonzero((self.roles == engine.Role.TRAINED) == trained)

    def passages(self, places: Sequence[int]) -> list[Tensor]:
        """A passage from the middle of a clip of each of these tracks."""
        wanted = int(PASSAGE_SECONDS * RATE)
        clips = [self.sounds[place][-1] for place in places]
        return [clip[len(clip) // 4 : len(clip) // 4 + wanted] for clip in clips]


class Bench:
    """The members of a model, trained on a part of the music, and their features of all of it."""

    def __init__(self, music: Music, folder: Path) -> None:
        self.music = music
        trained = music.places(trained=True)
        heard = [clip for place in trained for clip in music.sounds[place]]
        self.codec = fit_codec(heard, RECIPE.codec)
        self.corpus = self._cut(range(len(music.sounds)))
        self.learnt = self._cut(trained)
        self.unheard = self._cut(music.places(trained=False))
        self.models = [self._trained(seed, folder) for seed in SEEDS]

    def _cut(self, places: Sequence[int] | NDArray[np.int64]) -> SoundCorpus:
        """Tracks as segments; the clips of a track one after the other."""
        codes = [
            torch.cat([self.codec.encode(clip) for clip in self.music.sounds[place]])
            for place in places
        ]
        return SoundCorpus.of(codes, RECIPE.model.steps)

    def _trained(self, seed: int, folder: Path) -> CodesModel:
        checkpoints = train(
            lambda: RECIPE.untrained(self.codec, seed),
            RECIPE.lesson(self.learnt),
            RECIPE.training_of(seed),
            folder / f"seed-{seed}",
        )
        model = load_model(checkpoints[-1].path)
        assert isinstance(model, CodesModel)
        return model

    def attributed(
        self, pieces: Sequence[Tensor], probes: set[int], books: int
    ) -> engine.AttributionRun:
        """Every piece as the engine pays it; `probes` are those planted."""
        cut = SoundCorpus.of([self.codec.encode(each) for each in pieces], RECIPE.model.steps)
        scores, norms = [], []
        tracks = self.corpus.table.track_index
        for model in self.models:
            known, asked = (
                CodesTask(each.segment, model.codes, books=books) for each in (self.corpus, cut)
            )
            featuriser = self._featuriser(model, known)
            rows = featuriser.features(range(len(tracks)))
            scores.append(featuriser.with_task(asked).features(range(len(cut.table))) @ rows.T)
            norms.append(np.sqrt(np.bincount(tracks, (rows.astype(float) ** 2).sum(1))))
        return engine.attribute(
            np.stack(scores).astype(np.float32),
            cut.table.track_index,
            tracks,
            self.music.roles,
            track_norms=np.stack(norms).astype(np.float32),
            probes=probes,
        )

    def _featuriser(self, model: CodesModel, task: CodesTask) -> engine.Featuriser:
        roles = self.music.roles[self.corpus.table.track_index]
        trained = np.flatnonzero(roles == engine.Role.TRAINED)
        sample = np.random.default_rng(0).permutation(trained)[:CURVATURE_SEGMENTS]
        curvature = engine.estimate_curvature(model, task, sample, CONFIG)
        return engine.Featuriser(model, task, CONFIG, curvature)


def report(console: Console, folder: Path) -> None:
    """Train, play, attribute, print."""
    with one_thread():
        music = Music.of(folder)
        started = time.perf_counter()
        bench = Bench(music, WORK)
        trained_seconds = time.perf_counter() - started
        minutes = sum(len(clip) for clips in music.sounds for clip in clips) / RATE / 60
        console.print(
            f"{minutes:.0f} minutes of {len(music.sounds)} tracks, "
            f"{len(music.places(trained=True))} of them trained on; {len(SEEDS)} members of "
            f"{sum(each.numel() for each in bench.models[0].parameters()):,} parameters, "
            f"trained in {trained_seconds / 60:.1f} minutes."
        )
        for seed, model in zip(SEEDS, bench.models, strict=True):
            learnt, unheard = mean_loss(model, bench.learnt), mean_loss(model, bench.unheard)
            console.print(
                f"member {seed}: {learnt:.2f} nats a code on its tracks, {unheard:.2f} on others"
            )
        pieces = Pieces.of(bench)
        console.print(f"What it plays lies in {WORK}.")
        table = Table(box=None, pad_edge=False)
        for heading in COLUMNS:
            table.add_column(heading, justify="right")
        for books in range(1, RECIPE.codec.codebooks + 1):
            run = bench.attributed(pieces.sounds, pieces.planted, books)
            table.add_row(str(books), *pieces.found_by(run))
    console.print(table)


COLUMNS = (
    "codebooks that count",
    "passages traced",
    "their share",
    "controls paid",
    "played and attributed",
    "members agree",
    "objections",
)


@dataclass(frozen=True)
class Pieces:
    """What is attributed: played, passages of trained tracks as MP3, passages of controls."""

    played: list[Tensor]
    copies: list[Tensor]
    sources: list[int]  # the track of each copy
    controls: list[Tensor]

    @classmethod
    def of(cls, bench: Bench) -> "Pieces":
        played = play(bench.models[0], N_PLAYED, PLAYED_SECONDS, seed=11)
        for number, sound in enumerate(played):
            (WORK / f"played-{number:02d}.flac").write_bytes(flac(sound, RATE))
        random = np.random.default_rng(1)
        places = bench.music.places(trained=True)
        sources = random.permutation(places)[:N_PASSAGES].tolist()
        tests = np.flatnonzero(bench.music.roles == engine.Role.TEST)[:N_PASSAGES].tolist()
        return cls(
            played,
            [_as_mp3(each, random) for each in bench.music.passages(sources)],
            sources,
            [_as_mp3(each, random) for each in bench.music.passages(tests)],
        )

    @property
    def sounds(self) -> list[Tensor]:
        return [*self.played, *self.copies, *self.controls]

    @property
    def planted(self) -> set[int]:
        return set(range(len(self.played), len(self.sounds)))

    def found_by(self, run: engine.AttributionRun) -> Iterator[str]:
        """The cells of a row, as `COLUMNS` names them."""
        first, last = len(self.played), len(self.played) + len(self.copies)
        shares = [
            {share.track: share.share_ppb / engine.PPB for share in piece.shares}
            for piece in run.generations
        ]
        own = [
            found.get(source, 0.0)
            for found, source in zip(shares[first:last], self.sources, strict=True)
        ]
        best = [max(found.values(), default=0.0) for found in shares[first:last]]
        right = sum(0 < mine == most for mine, most in zip(own, best, strict=True))
        yield f"{right} of {len(self.copies)}"
        yield f"{np.mean(own):.0%}"
        yield f"{sum(map(bool, shares[last:]))} of {len(self.controls)}"
        yield f"{sum(map(bool, shares[:first]))} of {first}"
        yield f"{run.quality.member_agreement or 0.0:.2f}"
        yield str(len(run.quality.objections()))


def _as_mp3(passage: Tensor, random: np.random.Generator) -> Tensor:
    content = recodings.as_mp3(passage.numpy(), RATE, random)
    return torch.from_numpy(read_mono(io.BytesIO(content), RATE))
