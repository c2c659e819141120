"""Features of a training set under a model's checkpoints: one store, filled by jobs.

One job a checkpoint; a job that is killed goes on after the last finished shard, and whichever
job finishes the store seals it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from attribution.models import FeatureStore
from attribution.services.corpora import TrainingCorpus, load_corpus
from attribution.services.reference_model import load_registered
from catalog.models import Checkpoint, TrainingRole
from common.hashing import sha256_json
from common.jobs.dispatch import enqueue
from common.jobs.models import Job
from common.jobs.registry import JobError, Progress

SELF_CHECK_SEGMENTS = 3


def member_name(checkpoint: Checkpoint) -> str:
    """What a checkpoint is called in the store."""
    return f"{checkpoint.member}-step-{checkpoint.step:06d}"


def store_folder(store: FeatureStore) -> Path:
    return Path(settings.FEATURE_STORE_ROOT) / store.folder


def request_features(
    checkpoints: Sequence[Checkpoint], *, capture: dict[str, Any], curvature_segments: int
) -> tuple[FeatureStore, list[Job]]:
    """Ask for the features of a model version's training set under these checkpoints.

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
        jobs = [
            enqueue(
                "attribution.capture",
                {"store": store.pk, "checkpoint": checkpoint.pk},
                queue="gpu",
                key=f"{store.pk}:{checkpoint.pk}",
            )
            for checkpoint in checkpoints
        ]
    return store, jobs


def capture_member(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Fill one member of the store, and seal the store when nothing is missing any more."""
    from attribution import engine

    store = FeatureStore.objects.get(pk=payload["store"])
    checkpoint = Checkpoint.objects.get(pk=payload["checkpoint"])
    try:
        featuriser, corpus = open_featuriser(store, checkpoint, progress)
        featuriser.self_check(range(SELF_CHECK_SEGMENTS))
        filled = _join(store, corpus)
        captured = engine.capture(
            featuriser,
            filled,
            on_progress=lambda done, total: progress(
                done, total, f"{featuriser.member}: {done:,} of {total:,} segments"
            ),
        )
        if not any(filled.missing_shards(member) for member in filled.members):
            _seal(store, filled.seal())
    except engine.EngineError as error:
        raise JobError(str(error)) from error
    return {
        "shards_written": len(captured.written),
        "shards_skipped": len(captured.skipped),
        "segments": filled.n_segments,
        "covered_ppm": featuriser.coverage().covered_ppm,
        "coverage": featuriser.coverage().describe(),
    }


def open_featuriser(
    store: FeatureStore, checkpoint: Checkpoint, progress: Progress
) -> tuple[Any, TrainingCorpus]:
    """The featuriser of one member over the training set's segments, and that corpus."""
    from attribution import engine
    from attribution.reference.task import CorpusTask

    model = load_registered(checkpoint)
    corpus = load_corpus(store.training_set, model.config.context)
    task = CorpusTask(corpus.corpus)
    config = engine.CaptureConfig.from_dict(store.config["capture"])
    member = member_name(checkpoint)
    path = store_folder(store) / f"curvature-{member}.npz"
    if path.exists():
        curvature = engine.Curvature.load(path)
    else:
        curvature = engine.estimate_curvature(
            model,
            task,
            _curvature_sample(corpus, store.config["curvature_segments"]),
            config,
            on_progress=lambda done, total: progress(done, total, f"{member}: curvature"),
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        curvature.save(path)
    return engine.Featuriser(model, task, config, curvature, member=member), corpus


def _curvature_sample(corpus: TrainingCorpus, count: int) -> Any:
    """Evenly spread training segments: the Fisher matrix is that of the training set."""
    import numpy as np

    is_trained = np.array([role == TrainingRole.TRAIN for role in corpus.roles])
    segments = np.flatnonzero(is_trained[corpus.segment_track])
    return segments[np.linspace(0, len(segments) - 1, min(count, len(segments))).astype(int)]


def _join(store: FeatureStore, corpus: TrainingCorpus) -> Any:
    from attribution import engine

    return engine.FeatureStore.create(
        store_folder(store) / "rows",
        engine.CaptureConfig.from_dict(store.config["capture"]),
        members=sorted(store.config["members"]),
        n_segments=len(corpus.corpus.table),
        identity={
            "checkpoints": store.config["members"],
            "training_set": store.training_set.digest,
            "corpus": corpus.corpus.sha256(),
        },
    )


def _seal(store: FeatureStore, digest: str) -> None:
    """Of several jobs that find the store complete, the first writes the row.

    Pieces that arrived before are attributed now (`attribution.services.arrivals`).
    """
    with transaction.atomic():
        unsealed = FeatureStore.objects.filter(pk=store.pk, digest="")
        if unsealed.update(digest=digest, sealed_at=timezone.now()):
            enqueue(
                "attribution.welcome_waiting",
                {"model_version": store.model_version_id},
                key=str(store.pk),
            )
