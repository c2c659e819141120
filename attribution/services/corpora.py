"""A training set as its model reads it: tokens, codes or latents, and the segments cut from them.

The corpus holds *all* tracks of the set, controls included, in the order of their positions, so
that a segment's number means the same in training, in the feature store and in the evidence. It is
derived from the stored assets, kept in a file beside the model, and known by its hash.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from attribution.services.reading import Reader, UnreadableMusic
from catalog.models import ModelVersion, TrainingRole, TrainingSet, TrainingSetTrack
from common.jobs.registry import JobError, Progress

if TYPE_CHECKING:
    from attribution.adapters.protocol import Cut, Steps


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
    """All tracks of a training set as steps, cut into segments."""

    corpus: "Cut"
    training_set: TrainingSet
    reader: Reader

    def of_role(self, *roles: str) -> "Cut":
        """The tracks with one of these roles as a corpus of their own."""
        return self.reader.cut(self.tracks_of(*roles))

    def tracks_of(self, *roles: str) -> "list[Steps]":
        """The steps of each track with one of these roles."""
        kept = [place for place, role in enumerate(self.roles) if role in roles]
        return [self._track(place) for place in kept]

    def _track(self, place: int) -> "Steps":
        mine = np.flatnonzero(self.segment_track == place)
        return np.concatenate([self.corpus.sequence(int(segment)) for segment in mine])


def model_folder(model_version: ModelVersion) -> Path:
    """Where a model version's files lie."""
    return Path(settings.MODEL_ROOT) / f"{model_version.pk}"


def load_corpus(
    training_set: TrainingSet, reader: Reader, progress: Progress | None = None
) -> TrainingCorpus:
    """Read the training set's corpus, made from the assets at first use.

    Args:
        training_set: a frozen set.
        reader: of its model version.
        progress: told how many tracks are read.

    Raises:
        UnreadableMusic: an asset that the model cannot have been given; it names the track.
        JobError: whoever asks does not see all of the set; a part would be kept as the whole.
    """
    members = members_of(training_set)
    name = f"{reader.name}-{training_set.digest[:16]}.npz"
    path = model_folder(training_set.model_version) / name
    if not path.exists():
        tracks = []
        for count, member in enumerate(members):
            tracks.append(_steps(member, reader))
            if progress is not None:
                progress(count + 1, len(members), "reading music")
        _save(path, tracks)
    with np.load(path, allow_pickle=False) as saved:
        tracks = np.split(saved["tokens"], np.cumsum(saved["lengths"])[:-1])
    corpus = reader.cut(tracks)
    return TrainingCorpus(
        track_ids=np.array([member.track_id for member in members], dtype=np.int64),
        roles=[member.role for member in members],
        segment_track=corpus.table.track_index,
        corpus=corpus,
        training_set=training_set,
        reader=reader,
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


def trained(corpus: TrainingCorpus) -> "Cut":
    """The part that models are trained on."""
    return corpus.of_role(TrainingRole.TRAIN)


def controls(corpus: TrainingCorpus) -> "Cut":
    """The part that no model has seen."""
    return corpus.of_role(TrainingRole.CONTROL_CALIBRATION, TrainingRole.CONTROL_TEST)


def _steps(member: TrainingSetTrack, reader: Reader) -> "Steps":
    try:
        return reader.read(member.track.file)
    except UnreadableMusic as error:
        raise UnreadableMusic(f"Track {member.track.ref}: {error}") from error


def _save(path: Path, tracks: "list[Steps]") -> None:
    """Write under another name first; two workers that race write the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("wb") as handle:
        lengths = np.array([len(track) for track in tracks], dtype=np.int64)
        np.savez(handle, tokens=np.concatenate(tracks), lengths=lengths)
    part.replace(path)
