"""What is trained on, what is asked, and how: everything that decides the truth but the seeds.

The world is fixed on purpose and copies its numbers instead of borrowing the demo's recipe, so that
a better demo does not silently spoil hours of retraining. It must not train or score anything.
"""

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from attribution.reference.arrays import BoolArray, IntArray, Tokens
from attribution.reference.model import ModelConfig
from attribution.reference.segments import Corpus, cut
from attribution.reference.tokens import Vocabulary
from attribution.reference.training import TrainingConfig

CATALOGUE = Path(__file__).parents[2] / "demo" / "catalogue"
GENERATED, HELD_OUT = "generated", "held out"


@dataclass(frozen=True)
class Copies:
    """Pieces with a copy planted in them: the one source is known without retraining."""

    sequences: Sequence[Tokens]
    source: IntArray  # (n_copies,) track


@dataclass(frozen=True)
class World:
    """Music cut into windows, and the runs that are made of it.

    Of each song only its first and its middle window are used: twice as many songs then fit the
    same hours, and a half of the songs differs from another half by more.
    """

    tracks: Sequence[Sequence[Tokens]]  # windows of each track that may be trained on
    controls: Sequence[Sequence[Tokens]]  # windows of each track that never is
    model: ModelConfig
    training: TrainingConfig  # its seed and number of checkpoints are set for each run
    bos: int
    pitches: range
    never: tuple[int, ...]  # tokens that are not sampled
    n_generated: int = 120
    n_subsets: int = 64
    n_copies: int = 60
    sampling_seed: int = 7
    subset_seed: int = 20261122
    checkpoints: int = 4  # of the full run

    def copies(self) -> Copies:
        """Half a window of a control, then half a window of a track, a whole tone higher."""
        chosen = np.linspace(0, len(self.tracks) - 1, self.n_copies).round().astype(np.int64)
        sequences = []
        for place, track in enumerate(chosen):
            host = self.controls[place % len(self.controls)][0]
            copied = _raised(self.tracks[track][-1], self.pitches)
            sequences.append(np.concatenate((host[: len(host) // 2], copied[: len(copied) // 2])))
        return Copies(sequences, chosen)

    def corpus(self, chosen: Sequence[int] | IntArray) -> Corpus:
        """The windows of these tracks, each standing alone."""
        windows = [window for track in chosen for window in self.tracks[int(track)]]
        return Corpus.of(windows, self.model.context, self.bos, self.pitches)

    def full_corpus(self) -> Corpus:
        """The windows of all tracks."""
        return self.corpus(range(len(self.tracks)))

    def segment_track(self) -> IntArray:
        """Which track each window of the full corpus belongs to, (n_segments,)."""
        return np.repeat(np.arange(len(self.tracks)), [len(track) for track in self.tracks])

    def full_run(self) -> TrainingConfig:
        """The run on everything, whose checkpoints are asked for scores."""
        return replace(self.training, seed=0, checkpoints=self.checkpoints)

    def retraining(self, seed: int, subset: int) -> TrainingConfig:
        """The run on one half: weights, order and all drawn anew for each pair (seed, subset)."""
        return replace(self.training, seed=1000 * seed + subset, checkpoints=1)

    def draw_subsets(self) -> BoolArray:
        """Random halves of the tracks, (n_subsets, n_tracks); True where a track is trained on."""
        rng = np.random.default_rng(self.subset_seed)
        halves = np.zeros((self.n_subsets, len(self.tracks)), dtype=np.bool_)
        for half in halves:
            half[rng.permutation(len(self.tracks))[: len(self.tracks) // 2]] = True
        return halves


@dataclass(frozen=True)
class Queries:
    """Token sequences whose loss is to be explained, and what they are."""

    sequences: Sequence[Tokens]
    kind: NDArray[np.str_]  # (n_queries,)
    group: IntArray  # (n_queries,) queries of one group, such as windows of one song, stay together

    def of_kind(self, kind: str, *, tuning: bool) -> IntArray:
        """The queries of one half of a kind: some choose a method's settings, others report."""
        return np.flatnonzero((self.kind == kind) & (self._is_tuning() == tuning))

    def _is_tuning(self) -> BoolArray:
        """Every second group; groups are in no order that matters to a model."""
        is_tuning: BoolArray = self.group % 2 == 0
        return is_tuning


def queries_of(world: World, generated: Sequence[Tokens]) -> Queries:
    """Generated pieces first, each a group; then the windows of the control tracks."""
    held_out = [window for track in world.controls for window in track]
    track = np.repeat(np.arange(len(world.controls)), [len(track) for track in world.controls])
    kinds = [GENERATED] * len(generated) + [HELD_OUT] * len(held_out)
    group = np.concatenate((np.arange(len(generated)), track))
    return Queries([*generated, *held_out], np.array(kinds), group.astype(np.int64))


def bundled() -> World:
    """The bundled songs: 242 to train on, 60 controls. Reads the catalogue's MIDI files."""
    vocabulary = Vocabulary()
    rows = manifest()
    context = 256
    return World(
        tracks=[_windows(vocabulary, row, context) for row in rows if role_of(row) != "control"],
        controls=[_windows(vocabulary, row, context) for row in rows if role_of(row) == "control"],
        model=ModelConfig(len(vocabulary), context, width=128, layers=3, heads=4, hidden=288),
        training=TrainingConfig(epochs=16, batch_size=4, learning_rate=1.5e-3, transposition=0),
        bos=vocabulary.bos,
        pitches=vocabulary.pitches,
        never=vocabulary.specials,
    )


def _raised(tokens: Tokens, pitches: range, semitones: int = 2) -> Tokens:
    """A whole tone up; a pitch that would leave the vocabulary stays."""
    moves = (tokens >= pitches.start) & (tokens + semitones < pitches.stop)
    raised: Tokens = np.where(moves, tokens + semitones, tokens).astype(tokens.dtype)
    return raised


def manifest() -> list[dict[str, str]]:
    """The catalogue's songs, in the order of their ids."""
    with (CATALOGUE / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=_track_id)


def _track_id(row: dict[str, str]) -> str:
    return row["track_id"]


def role_of(row: dict[str, str]) -> str:
    """What a song of the manifest is to the model; "control" is never trained on."""
    return row["demo_role"]


def _windows(vocabulary: Vocabulary, row: dict[str, str], context: int) -> list[Tokens]:
    """The first and the middle window; one window where the song has no more."""
    tokens = vocabulary.encode_file(CATALOGUE / row["file"])
    table = cut([len(tokens)], context)
    chosen = sorted({0, len(table) // 2})
    return [tokens[table.start[i] : table.start[i] + table.length[i]] for i in chosen]


def digest_of(array: NDArray[np.generic]) -> str:
    """The sha256 of an array's shape, type and numbers."""
    head = f"{array.shape}:{array.dtype.str}:".encode()
    return hashlib.sha256(head + np.ascontiguousarray(array).tobytes()).hexdigest()
