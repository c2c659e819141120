"""The jobs that fill a feature store: by checkpoint at first, then by shard.

A checkpoint is prepared once: its curvature is estimated and kept in the store, its gradients are
checked against autograd, and a batch is timed, by which its shards are shared out among jobs of a
few minutes. Those run on any number of workers. Each is idempotent: a finished shard is never
computed again, and whichever job finishes the store seals it. All compute with one thread, so that
the bytes of a shard do not depend on who made it.
"""

import time
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from attribution.models import FeatureStore
from attribution.selectors.features import KIND_CAPTURE, jobs_of
from attribution.services.effort import covered_ppm, worker_seconds
from attribution.services.features import join_store, member_name, open_run
from attribution.services.telling import tell_ready
from catalog.models import Checkpoint
from common.jobs.dispatch import enqueue
from common.jobs.registry import JobError, Progress

if TYPE_CHECKING:
    from attribution import engine

JOB_SECONDS = 120  # what one job is meant to take: little is lost with it, little is its beginning


def prepare_member(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Make one checkpoint ready to be captured, and ask for the jobs that capture it."""
    from attribution import engine
    from attribution.reference.training import one_thread

    store = FeatureStore.objects.get(pk=payload["store"])
    checkpoint = Checkpoint.objects.get(pk=payload["checkpoint"])
    member = member_name(checkpoint)
    try:
        with one_thread():
            run, _ = open_run(store, checkpoint, progress)
            rows = join_store(store, run)
            featuriser = engine.open_featuriser(
                run,
                rows,
                member,
                on_progress=lambda done, total: progress(done, total, f"{member}: curvature"),
            )
            featuriser.self_check(engine.probes(run.n_segments))
            _share_out(store, checkpoint, rows, _seconds_a_segment(featuriser))
    except engine.EngineError as error:
        raise JobError(str(error)) from error
    return {
        "segments": rows.n_segments,
        "covered_ppm": featuriser.coverage().covered_ppm,
        "coverage": featuriser.coverage().describe(),
    }


def capture_shards(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Fill some shards of one member, and seal the store when nothing is missing any more."""
    from attribution import engine
    from attribution.reference.training import one_thread

    store = FeatureStore.objects.get(pk=payload["store"])
    checkpoint = Checkpoint.objects.get(pk=payload["checkpoint"])
    member = member_name(checkpoint)
    try:
        with one_thread():
            run, _ = open_run(store, checkpoint, progress)
            rows = join_store(store, run)
            captured = engine.capture(
                engine.open_featuriser(run, rows, member),
                rows,
                range(payload["first"], payload["stop"]),
                on_progress=lambda done, total: progress(done, total, f"{member}: gradients"),
            )
        if not any(rows.missing_shards(member) for member in rows.members):
            _seal(store, rows.seal())
    except engine.EngineError as error:
        raise JobError(str(error)) from error
    return {"shards_written": len(captured.written), "shards_skipped": len(captured.skipped)}


def _seconds_a_segment(featuriser: "engine.Featuriser") -> float:
    """Time one batch, after one that warms up."""
    segments = [0] * featuriser.config.batch_size
    featuriser.features(segments)
    started = time.perf_counter()
    featuriser.features(segments)
    return (time.perf_counter() - started) / len(segments)


def _share_out(
    store: FeatureStore, checkpoint: Checkpoint, rows: "engine.FeatureStore", seconds: float
) -> None:
    """Ask for the jobs of a member, unless an earlier attempt did, whose cut may have differed."""
    at_once = max(1, int(JOB_SECONDS / (seconds * rows.config.shard_rows)))
    prefix = f"{store.pk}:{checkpoint.pk}:"
    with transaction.atomic():
        FeatureStore.objects.select_for_update().get(pk=store.pk)
        if jobs_of(store).filter(kind=KIND_CAPTURE, key__startswith=prefix).exists():
            return
        for first in range(0, rows.n_shards, at_once):
            stop = min(first + at_once, rows.n_shards)
            start_segment, _ = rows.description.shard_range(first)
            _, stop_segment = rows.description.shard_range(stop - 1)
            place = {"store": store.pk, "checkpoint": checkpoint.pk, "first": first, "stop": stop}
            enqueue(
                KIND_CAPTURE,
                place | {"segments": stop_segment - start_segment},
                queue="gpu",
                key=f"{prefix}{first}-{stop}",
            )


def _seal(store: FeatureStore, digest: str) -> None:
    """Of several jobs that find the store complete, the first writes the row.

    Pieces that arrived before are attributed now (`attribution.services.arrivals`).
    """
    with transaction.atomic():
        unsealed = FeatureStore.objects.filter(pk=store.pk, digest="")
        jobs, now = list(jobs_of(store)), timezone.now()
        took = {"worker_seconds": worker_seconds(jobs, now), "covered_ppm": covered_ppm(jobs)}
        if unsealed.update(digest=digest, sealed_at=now, **took):
            store.refresh_from_db()
            tell_ready(store)
            enqueue(
                "attribution.welcome_waiting",
                {"model_version": store.model_version_id},
                key=str(store.pk),
            )
