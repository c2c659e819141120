"""A training set as tokens: what the reference model reads and what segments are cut from.

The corpus holds *all* tracks of the set, controls included, in the order of their positions, so
that a segment's number means the same in training, in the feature store and in the evidence. It is
derived from the stored assets, kept in a file beside the model, and known by its hash.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from catalog.models import ModelVersion, TrainingRole, TrainingSet, TrainingSetTrack
from catalog.services.assets import asset_path
from common.jobs.registry import JobError, Progress

if TYPE_CHECKING:
    from attribution.reference.segments import Corpus
    from attribution.reference.tokens import Vocabulary


@dataclass(frozen=True)
class ScoredTracks:
    """All tracks of a training set, and whose each segment of a store is."""

    track_ids: NDArray[np.int64]  # (n_tracks,) primary keys, in order of position
    roles: list[str]  # (n_tracks,)
    segment_track: NDArray[np.int64]  # (n_segments,) the position of its track, ascending

    def number_in_track(self, segment: int) -> int:
        """The number of a segment within its track, counted from 0."""
        tracks = self.segment_track
        return segment - int(np.searchsorted(tracks, tracks[segment]))


@dataclass(frozen=True)
class TrainingCorpus(ScoredTracks):
    """All tracks of a training set as tokens, cut into segments."""

    corpus: "Corpus"
    training_set: TrainingSet

    def of_role(self, *roles: str) -> "Corpus":
        """The tracks with one of these roles as a corpus of their own."""
        kept = [place for place, role in enumerate(self.roles) if role in roles]
        return corpus_of([self._track(place) for place in kept], self.corpus.table.window)

    def _track(self, place: int) -> NDArray[np.int16]:
        table = self.corpus.table
        mine = np.flatnonzero(table.track_index == place)
        last = mine[-1]
        return self.corpus.tokens[table.start[mine[0]] : table.start[last] + table.length[last]]


@cache
def vocabulary() -> "Vocabulary":
    """The one vocabulary of the reference model."""
    from attribution.reference.tokens import Vocabulary

    return Vocabulary()


def corpus_of(tracks: Sequence[NDArray[np.int16]], window: int) -> "Corpus":
    """Cut token sequences into segments of at most `window` tokens."""
    from attribution.reference.segments import Corpus

    return Corpus.of(tracks, window, vocabulary().bos, vocabulary().pitches)


def model_folder(model_version: ModelVersion) -> Path:
    """Where a model version's files lie."""
    return Path(settings.MODEL_ROOT) / f"{model_version.pk}"


def load_corpus(
    training_set: TrainingSet, window: int, progress: Progress | None = None
) -> TrainingCorpus:
    """Read the training set's corpus, made from the assets at first use.

    Args:
        training_set: a frozen set.
        window: the longest segment, in tokens.
        progress: told how many tracks are read.

    Raises:
        UnreadableMusic: an asset that is no music; it names the track.
        JobError: whoever asks does not see all of the set; a part would be kept as the whole.
    """
    members = members_of(training_set)
    path = model_folder(training_set.model_version) / f"tokens-{training_set.digest[:16]}.npz"
    if not path.exists():
        tracks = []
        for count, member in enumerate(members):
            tracks.append(_tokens(member.track.ref, asset_path(member.track.file)))
            if progress is not None:
                progress(count + 1, len(members), "reading music")
        _save(path, tracks)
    with np.load(path, allow_pickle=False) as saved:
        tracks = np.split(saved["tokens"], np.cumsum(saved["lengths"])[:-1])
    corpus = corpus_of(tracks, window)
    return TrainingCorpus(
        track_ids=np.array([member.track_id for member in members], dtype=np.int64),
        roles=[member.role for member in members],
        segment_track=corpus.table.track_index,
        corpus=corpus,
        training_set=training_set,
    )


def members_of(training_set: TrainingSet) -> list[TrainingSetTrack]:
    """All members with their tracks, by position.

    Raises:
        JobError: whoever asks does not see all of them; a part would be taken for the whole.
    """
    members = list(training_set.members.select_related("track__asset").order_by("position"))
    if len(members) != training_set.track_count:
        raise JobError(
            f"The {training_set} has {training_set.track_count} tracks, of which {len(members)} "
            "are shown here; have the work done by the platform or the operator."
        )
    return members


def trained(corpus: TrainingCorpus) -> "Corpus":
    """The part that models are trained on."""
    return corpus.of_role(TrainingRole.TRAIN)


def controls(corpus: TrainingCorpus) -> "Corpus":
    """The part that no model has seen."""
    return corpus.of_role(TrainingRole.CONTROL_CALIBRATION, TrainingRole.CONTROL_TEST)


def _tokens(ref: str, path: Path) -> NDArray[np.int16]:
    from attribution.reference.tokens import UnreadableMusic

    try:
        return vocabulary().encode_file(path)
    except UnreadableMusic as error:
        raise UnreadableMusic(f"Track {ref}: {error}") from error


def _save(path: Path, tracks: list[NDArray[np.int16]]) -> None:
    """Write under another name first; two workers that race write the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("wb") as handle:
        lengths = np.array([len(track) for track in tracks], dtype=np.int64)
        np.savez(handle, tokens=np.concatenate(tracks), lengths=lengths)
    part.replace(path)
