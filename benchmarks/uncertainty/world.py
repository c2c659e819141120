"""The music, the two halves that models are trained on, and the pieces whose sources are known.

Owns what is asked; it must not train, score or judge. The catalogue's controls make the null. Its
other tracks fall into two random halves; a model sees one of them, so the other half consists of
tracks that are as good as those that were trained on, but cannot have earned anything.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from attribution.engine import CaptureConfig, Role
from attribution.reference.arrays import IntArray, Tokens
from attribution.reference.model import ModelConfig
from attribution.reference.segments import Corpus, cut
from attribution.reference.tokens import Vocabulary
from attribution.reference.training import TrainingConfig

CATALOGUE = Path(__file__).parents[2] / "demo" / "catalogue"
SEMITONES = (1, -1, 2, -2)

GENERATED = "generated"
UNSEEN = "copy of an unseen track"
PLANTED = {"whole window": 1.0, "half a window": 0.5, "a quarter": 0.25}
TRANSPOSED = "transposed window"
EARNING = (*PLANTED, TRANSPOSED)  # kinds that have a true source


@dataclass(frozen=True)
class Piece:
    """A query: its tokens, what kind of piece it is, and the track it was taken from (or −1)."""

    tokens: Tokens
    kind: str
    source: int


@dataclass(frozen=True)
class World:
    """Windows of all tracks, and what is done with them."""

    tracks: Sequence[Sequence[Tokens]]  # windows of each track
    is_control: NDArray[np.bool_]  # (n_tracks,)
    vocabulary: Vocabulary
    model: ModelConfig
    training: TrainingConfig  # its seed is set for each run
    capture: CaptureConfig
    n_generated: int = 48
    n_planted: int = 24  # of each kind
    seed: int = 20261122

    @property
    def corpus(self) -> Corpus:
        """The windows of all tracks, controls included: the columns of every score matrix."""
        return self.corpus_of(range(len(self.tracks)))

    @property
    def segment_track(self) -> IntArray:
        """Track of each window, (n_segments,)."""
        return np.repeat(np.arange(len(self.tracks)), [len(track) for track in self.tracks])

    def corpus_of(self, chosen: Sequence[int] | IntArray) -> Corpus:
        """The windows of these tracks, each standing alone."""
        windows = [window for track in chosen for window in self.tracks[int(track)]]
        words = self.vocabulary
        return Corpus.of(windows, self.model.context, words.bos, words.pitches)

    def halves(self) -> tuple[IntArray, IntArray]:
        """Two random halves of the tracks that are no controls, each ascending."""
        others = np.flatnonzero(~self.is_control)
        mixed = np.random.default_rng(self.seed).permutation(others)
        middle = len(others) // 2
        return np.sort(mixed[:middle]), np.sort(mixed[middle : 2 * middle])

    def roles(self, half: int) -> IntArray:
        """What each track is to a model that saw this half, (n_tracks,)."""
        roles = np.full(len(self.tracks), int(Role.TEST))
        roles[self.is_control] = Role.CALIBRATION
        roles[self.halves()[half]] = Role.TRAINED
        return roles

    def run(self, seed: int) -> TrainingConfig:
        """The training run of one seed."""
        return replace(self.training, seed=seed)

    def pieces(self, half: int, generated: Sequence[Tokens]) -> list[Piece]:
        """The pieces asked of models that saw this half; `generated` are theirs.

        Every planted piece is a generated one into which a passage of a track was laid, and no two
        have the same source.
        """
        random = np.random.default_rng([self.seed, half])
        seen, unseen = (iter(random.permutation(part)) for part in self._seen_first(half))
        beds = iter(generated[self.n_generated :])
        pieces = [Piece(bed, GENERATED, -1) for bed in generated[: self.n_generated]]
        for kind, part in PLANTED.items():
            for _ in range(self.n_planted):
                track = int(next(seen))
                pieces.append(Piece(self._laid(next(beds), track, part, random), kind, track))
        for number in range(self.n_planted):
            track = int(next(seen))
            shift = SEMITONES[number % len(SEMITONES)]
            tokens = self.vocabulary.transpose(self._window(track, random), shift)
            pieces.append(Piece(tokens, TRANSPOSED, track))
        for _ in range(self.n_planted):
            pieces.append(Piece(self._window(int(next(unseen)), random), UNSEEN, -1))
        return pieces

    @property
    def n_beds(self) -> int:
        """How many generated pieces `pieces` needs."""
        return self.n_generated + len(PLANTED) * self.n_planted

    def _seen_first(self, half: int) -> Iterator[IntArray]:
        halves = self.halves()
        yield halves[half]
        yield halves[1 - half]

    def _window(self, track: int, random: np.random.Generator) -> Tokens:
        return self.tracks[track][int(random.integers(len(self.tracks[track])))]

    def _laid(self, bed: Tokens, track: int, part: float, random: np.random.Generator) -> Tokens:
        """A piece of the bed's length, of which this part is a passage of the track."""
        window = self._window(track, random)
        length = min(round(part * len(bed)), len(window))
        begin = int(random.integers(len(window) - length + 1))
        at = int(random.integers(len(bed) - length + 1))
        laid = bed.copy()
        laid[at : at + length] = window[begin : begin + length]
        return laid


def bundled() -> World:
    """The bundled songs: 121 in each half, 60 controls."""
    words, context = Vocabulary(), 128
    with (CATALOGUE / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["track_id"])
    return World(
        tracks=[_windows(words.encode_file(CATALOGUE / row["file"]), context) for row in rows],
        is_control=np.array([row["demo_role"] == "control" for row in rows]),
        vocabulary=words,
        model=ModelConfig(len(words), context, width=64, layers=2, heads=4, hidden=128),
        training=TrainingConfig(
            epochs=24, batch_size=4, learning_rate=3e-3, transposition=0, checkpoints=4
        ),
        capture=CaptureConfig(dimension=8192),  # a tenth of the model's 90,752 parameters
    )


def _windows(tokens: Tokens, context: int) -> list[Tokens]:
    """The first and the middle window; one where the song has no more."""
    table = cut([len(tokens)], context)
    chosen = sorted({0, len(table) // 2})
    return [tokens[table.start[i] : table.start[i] + table.length[i]] for i in chosen]
