"""Features of a training set under a model's checkpoints: which store holds them, and for whom.

A store is filled by jobs (`attribution.services.capturing`): one that prepares each checkpoint, and
from it as many as the checkpoint's shards take, each a few minutes long.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from attribution.models import FeatureStore
from attribution.selectors.features import KIND_CAPTURE, KIND_PREPARE, jobs_of
from attribution.services.corpora import TrainingCorpus, load_corpus
from attribution.services.reading import load_registered, readable_architectures, reader_of
from catalog.models import Checkpoint, ModelVersion, TrainingRole, TrainingSet
from common.hashing import sha256_json
from common.jobs.dispatch import enqueue
from common.jobs.models import Job
from common.jobs.registry import Progress

if TYPE_CHECKING:
    from attribution import engine


CURVATURE_SEGMENTS = 256


class NoCheckpoints(Exception):
    """Features were asked for that cannot be computed; the message says why."""


def member_name(checkpoint: Checkpoint) -> str:
    """What a checkpoint is called in the store."""
    return f"{checkpoint.member}-step-{checkpoint.step:06d}"


def store_folder(store: FeatureStore) -> Path:
    return Path(settings.FEATURE_STORE_ROOT) / store.folder


def rows_folder(store: FeatureStore) -> Path:
    """Where the engine's store lies."""
    return store_folder(store) / "rows"


def request_features(
    checkpoints: Sequence[Checkpoint], *, capture: dict[str, Any], curvature_segments: int
) -> tuple[FeatureStore, list[Job]]:
    """Ask for the features of a model version's training set under these checkpoints.

    Returns the store and the jobs that prepare it, one a checkpoint; when they are done,
    `attribution.selectors.features.jobs_of` also has those that fill it. Asked again, only what
    failed is done again.

    Args:
        checkpoints: of one model version; each becomes a member of the ensemble.
        capture: fields of the engine's `CaptureConfig`; what is not named has its default.
        curvature_segments: on how many training segments curvature is estimated.
    """
    model_version = checkpoints[0].model_version
    training_set = model_version.training_set
    config = {
        "capture": capture,
        "curvature_segments": curvature_segments,
        "members": {member_name(checkpoint): checkpoint.sha256 for checkpoint in checkpoints},
        "training_set": training_set.digest,
    }
    with transaction.atomic():
        store, _ = FeatureStore.objects.get_or_create(
            folder=f"{model_version.pk}-{sha256_json(config)[:16]}",
            defaults={
                "model_version": model_version,
                "training_set": training_set,
                "config": config,
            },
        )
        for failed in jobs_of(store).filter(kind=KIND_CAPTURE, status=Job.Status.FAILED):
            enqueue(failed.kind, failed.payload, queue=failed.queue, key=failed.key)
        jobs = [
            enqueue(
                KIND_PREPARE,
                {"store": store.pk, "checkpoint": checkpoint.pk},
                queue="gpu",
                key=f"{store.pk}:{checkpoint.pk}",
            )
            for checkpoint in checkpoints
        ]
    return store, jobs


def request_features_of(model_version: ModelVersion, *, only_last: bool) -> FeatureStore:
    """As `request_features`, of the registered checkpoints that our loader reads.

    Args:
        only_last: take the last checkpoint of each training run, and not all.

    Raises:
        NoCheckpoints: there are none, or the model version has no frozen training set.
    """
    if not TrainingSet.objects.filter(model_version=model_version).exists():
        raise NoCheckpoints(f"{model_version} has no frozen training set; freeze it first.")
    readable = model_version.checkpoints.filter(architecture__in=readable_architectures())
    checkpoints = list(readable.order_by("member", "step"))
    if only_last:
        checkpoints = list({checkpoint.member: checkpoint for checkpoint in checkpoints}.values())
    if not checkpoints:
        raise NoCheckpoints(
            f"{model_version} has no registered checkpoint of an architecture that is read here "
            f"({', '.join(readable_architectures())}); upload one, or compute the features in your "
            "house and send them."
        )
    store, _ = request_features(checkpoints, capture={}, curvature_segments=CURVATURE_SEGMENTS)
    return store


def join_store(store: FeatureStore, run: "engine.Run") -> "engine.FeatureStore":
    """The engine's store, made by the first who asks. Raises EngineError if it is another one."""
    from attribution import engine

    config = engine.CaptureConfig.from_dict(store.config["capture"])
    return engine.create_store(rows_folder(store), run, config)


def open_run(
    store: FeatureStore, checkpoint: Checkpoint, progress: Progress
) -> tuple["engine.Run", TrainingCorpus]:
    """The run that the store is made from, with this checkpoint's model loaded, and its corpus."""
    from attribution import engine

    reader = reader_of(checkpoint)
    corpus = load_corpus(store.training_set, reader, progress)
    others = store.model_version.checkpoints.filter(sha256__in=store.config["members"].values())
    run = engine.Run(
        models={member_name(other): partial(load_registered, other) for other in others}
        | {member_name(checkpoint): lambda: reader.model},
        task=reader.task(corpus.corpus.sequence),
        n_segments=len(corpus.corpus.table),
        identity={
            "checkpoints": store.config["members"],
            "training_set": store.training_set.digest,
            "corpus": corpus.corpus.sha256(),
        },
        curvature_sample=_curvature_sample(corpus, store.config["curvature_segments"]),
        tokens=corpus.corpus.table.length,
    )
    return run, corpus


def open_featuriser(
    store: FeatureStore, checkpoint: Checkpoint, progress: Progress
) -> tuple["engine.Featuriser", TrainingCorpus]:
    """The featuriser of one member over the training set's segments, and that corpus."""
    from attribution import engine

    run, corpus = open_run(store, checkpoint, progress)
    return engine.open_featuriser(run, join_store(store, run), member_name(checkpoint)), corpus


def _curvature_sample(corpus: TrainingCorpus, count: int) -> "engine.IntArray":
    """Evenly spread training segments: the Fisher matrix is that of the training set."""
    import numpy as np

    from attribution.reference.segments import spread

    is_trained = np.array([role == TrainingRole.TRAIN for role in corpus.roles])
    return spread(np.flatnonzero(is_trained[corpus.segment_track]), count)
