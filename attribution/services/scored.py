"""What a run scores: a sealed store, whose its rows are, and the rows of the pieces.

A store that we computed is met by rows that we compute, from the pieces' files and the registered
checkpoints. A store that a platform computed in its house is met by rows that the platform computed
there; neither the weights nor the pieces need ever have been here. From there on both are the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from django.core.files.storage import default_storage

from attribution.exchange import FeaturesRefused, read_features
from attribution.models import FeatureStore, Generation, GenerationFeatures
from attribution.services.corpora import ScoredTracks, TrainingCorpus, members_of
from attribution.services.features import member_name, open_featuriser, rows_folder
from attribution.services.queries import Queries, checkpoints_of, cut_generations
from common.jobs.registry import JobError, Progress, ignore_progress

if TYPE_CHECKING:
    from attribution import engine


@dataclass(frozen=True)
class Scored:
    """Everything that scores and shares are a function of."""

    store: "engine.FeatureStore"
    tracks: ScoredTracks
    queries: Queries
    rows: "dict[str, engine.FloatArray]"  # of the pieces under each member, (q, k)
    member_runs: list[int]  # the training run that each member of the store is a checkpoint of


def scored(
    store: FeatureStore, generations: Sequence[Generation], progress: Progress = ignore_progress
) -> Scored:
    """Gather what a run over these generations reads.

    Raises:
        EngineError: the store is damaged, or was made from something else.
        JobError: it is another one than was sealed, or a generation has no rows for it.
    """
    tracks: ScoredTracks
    if store.origin == FeatureStore.Origin.PLATFORM:
        queries, rows = _received(store, generations)
        tracks, identity = _received_tracks(store), {}
        runs = store.config["runs"]
    else:
        queries, rows, tracks = _computed(store, generations, progress)
        identity = {"corpus": tracks.corpus.sha256()}
        runs = {member_name(point): point.member for point in checkpoints_of(store)}
    progress(1, 2, "scanning the store")
    opened, names = open_sealed(store, identity), sorted(set(runs.values()))
    member_runs = [names.index(runs[member]) for member in opened.members]
    return Scored(opened, tracks, queries, rows, member_runs)


def _computed(
    store: FeatureStore, generations: Sequence[Generation], progress: Progress = ignore_progress
) -> tuple[Queries, "dict[str, engine.FloatArray]", TrainingCorpus]:
    """The generations' segments, their rows (q, k) under each member of a store that we computed,
    and the corpus they are scored against.

    Raises:
        JobError: a checkpoint's file or a generation's cannot be used.
    """
    from attribution.reference.training import one_thread

    rows = {}
    checkpoints = checkpoints_of(store)
    for place, checkpoint in enumerate(checkpoints):
        progress(place, len(checkpoints) + 1, f"gradients, checkpoint {place + 1}")
        featuriser, corpus = open_featuriser(store, checkpoint, progress)
        cut = cut_generations(generations, corpus.reader)
        of_queries = featuriser.with_task(corpus.reader.task(cut.sequences.__getitem__))
        with one_thread():  # the same shares on a machine with any number of cores
            rows[featuriser.member] = of_queries.features(range(len(cut.sequences)))
    return cut.queries, rows, corpus


def features_path(features: GenerationFeatures) -> Path:
    """Where a piece's features lie on this machine."""
    return Path(default_storage.path(features.storage_name))


def _received(
    store: FeatureStore, generations: Sequence[Generation]
) -> tuple[Queries, "dict[str, engine.FloatArray]"]:
    found = GenerationFeatures.objects.filter(feature_store=store, generation__in=generations)
    by_piece = {features.generation_id: features for features in found}
    files = []
    for generation in generations:
        if generation.pk not in by_piece:
            raise JobError(
                f"The platform sent no features of {generation.external_id!r} for the store "
                f"{store.digest[:12]}."
            )
        try:
            files.append(read_features(features_path(by_piece[generation.pk]), check=False))
        except (OSError, FeaturesRefused) as error:
            raise JobError(
                f"The features of {generation.external_id!r} cannot be read ({error}); restore "
                "them from a backup."
            ) from error
    members = store.config["members"]
    rows = {member: np.concatenate([file.rows(member) for file in files]) for member in members}
    return Queries.of([file.segment_count for file in files]), rows


def _received_tracks(store: FeatureStore) -> ScoredTracks:
    """Whose the rows of a platform's store are; its table was held against the training set."""
    from attribution import engine

    members = members_of(store.training_set)
    return ScoredTracks(
        track_ids=np.array([member.track_id for member in members], dtype=np.int64),
        roles=[member.role for member in members],
        segment_track=engine.TrackTable.read(rows_folder(store)).segment_track,
    )


def open_sealed(store: FeatureStore, identity: dict[str, str]) -> "engine.FeatureStore":
    """The sealed store, if it is still what was sealed.

    Raises:
        EngineError: it is damaged, or was made from another training set or identity.
        JobError: it is another one than was sealed.
    """
    from attribution import engine

    made_from = {"training_set": store.training_set.digest, **identity}
    opened = engine.FeatureStore.open(rows_folder(store), identity=made_from)
    if opened.digest() != store.digest:
        raise JobError(
            f"The feature store {store.folder} is not the one that was sealed: its manifest "
            "changed. Restore it from a backup, or capture it again."
        )
    return opened
