"""A training set is captured by many jobs, killed and repeated, and the store is the same."""

import hashlib
import random
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import psutil
import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from attribution.adapters.symbolic import vocabulary
from attribution.engine import CaptureConfig, capture
from attribution.engine.run import create_store, open_featuriser
from attribution.reference.training import one_thread
from attribution.selectors.features import KIND_CAPTURE, capture_progress, jobs_of
from attribution.services import capturing, features
from catalog.deliveries.services.folders import import_manifest
from catalog.services.training_sets import (
    freeze_training_set,
    register_checkpoint,
    register_model_version,
    register_platform,
)
from common.jobs import dispatch, runner
from common.jobs.models import Job
from common.jobs.registry import ignore_progress
from config.embedded.places import places
from config.embedded.worker import running_worker
from tests.attribution.conftest import FROZEN_ON, files_in, roles, small_manifest, succeed
from tests.jobs.test_real_worker import bury_the_dead, wait_for

CAPTURE = {"dimension": 512, "shard_rows": 32}


@pytest.fixture
def checkpoints(committed_db, broker_url, tmp_path):
    """Two checkpoints of a model that nobody trained, registered with 24 songs."""
    with override_settings(**files_in(tmp_path)):
        assert import_manifest(path=small_manifest(tmp_path), as_of=FROZEN_ON).ok
        platform, rows = register_platform(code="cadenza", name="Cadenza"), roles()
        version = register_model_version(platform=platform, name="lieder", version="1")
        freeze_training_set(
            model_version=version,
            train=rows["train"],
            control_calibration=rows["control"][:10],
            control_test=rows["control"][10:],
            as_of=FROZEN_ON,
        )
        yield [register(version, tmp_path, seed) for seed in (0, 1)]


def register(version, home: Path, seed: int):
    from attribution.reference.checkpoints import CheckpointRecord, weights, write
    from attribution.reference.model import ModelConfig, MusicTransformer

    model = MusicTransformer(ModelConfig(len(vocabulary()), 64, 16, 1, 2, 32), seed=seed)
    content, folder = weights(model), home / "models" / f"seed-{seed}"
    folder.mkdir(parents=True)
    sha256 = hashlib.sha256(content).hexdigest()
    record = CheckpointRecord("a run", asdict(model.config), {}, "a corpus", 7, 7, 0, sha256)
    path = write(folder, content, record).path.relative_to(home / "models")
    values = {"model_version": version, "member": f"seed-{seed}", "step": 7, "metrics": {}}
    return register_checkpoint(**values, sha256=sha256, path=str(path))


@pytest.fixture
def prepared(checkpoints, monkeypatch):
    """The store with one job for every three shards, none of them done."""
    seconds = capturing.JOB_SECONDS / (3 * CAPTURE["shard_rows"])
    monkeypatch.setattr(capturing, "_seconds_a_segment", lambda _: 0.99 * seconds)
    store, jobs = features.request_features(checkpoints, capture=CAPTURE, curvature_segments=16)
    assert capture_progress(store).total == 0
    for job in jobs:
        assert succeed(job).result["covered_ppm"] == 1_000_000
    return store


def filling(store) -> list[Job]:
    return list(jobs_of(store).filter(kind=KIND_CAPTURE))


def alone(store, checkpoints, path: Path) -> dict[str, bytes]:
    """What one process makes that nobody disturbs."""
    with one_thread():  # as the jobs do: with more, the bytes depend on the processor
        run, _ = features.open_run(store, checkpoints[0], ignore_progress)
        rows = create_store(path, run, CaptureConfig(**CAPTURE))
        for member in rows.members:
            capture(open_featuriser(run, rows, member), rows)
        rows.seal()
    return content(path)


def content(path: Path) -> dict[str, bytes]:
    files = (file for file in sorted(path.rglob("*")) if file.is_file())
    return {str(f.relative_to(path)): f.read_bytes() for f in files if f.suffix != ".part"}


def test_jobs_share_all_shards_and_seal_in_any_order(prepared, checkpoints, tmp_path):
    jobs = filling(prepared)
    for checkpoint in checkpoints:
        mine = [job.payload for job in jobs if job.payload["checkpoint"] == checkpoint.pk]
        assert len(mine) > 2
        covered = [shard for job in mine for shard in range(job["first"], job["stop"])]
        assert covered == list(range(len(covered)))
    random.Random(3).shuffle(jobs)
    for done, job in enumerate(jobs):
        prepared.refresh_from_db()
        assert not prepared.digest, f"{len(jobs) - done} jobs are to come"
        succeed(job)
    prepared.refresh_from_db()
    progress = capture_progress(prepared)
    assert progress.done == progress.total == sum(job.payload["segments"] for job in jobs)
    assert content(features.rows_folder(prepared)) == alone(prepared, checkpoints, tmp_path / "a")


def test_what_failed_is_asked_for_again(prepared, checkpoints):
    job, *others = filling(prepared)
    path = features.rows_folder(prepared) / "config.json"
    genuine = path.read_text()
    path.write_text(genuine.replace('"seed": 0', '"seed": 1'))
    assert "capture.seed is 1, not 0" in runner.run(job.pk).error
    assert capture_progress(prepared).failed_jobs == 1
    path.write_text(genuine)
    features.request_features(checkpoints, capture=CAPTURE, curvature_segments=16)
    job.refresh_from_db()
    assert job.status == Job.Status.QUEUED
    for each in (job, *others):
        succeed(each)
    prepared.refresh_from_db()
    assert prepared.digest


def test_a_training_set_that_changed_stops_the_job(prepared):
    shutil.rmtree(features.rows_folder(prepared) / "shards", ignore_errors=True)
    tokens = next(settings.MODEL_ROOT.rglob("tokens-*.npz"))
    with np.load(tokens) as saved:
        arrays = {name: saved[name].copy() for name in saved.files}
    arrays["tokens"][100] += 1
    np.savez(tokens, **arrays)
    assert "identity.corpus" in runner.run(filling(prepared)[0].pk).error


@pytest.mark.slow
def test_killed_workers_leave_the_bytes_of_one_undisturbed_process(
    prepared, checkpoints, committed_db, broker_url, tmp_path
):
    environment = {
        "DATABASE_URL": places().url("tantieme_app", committed_db),
        "DATABASE_OWNER_URL": places().url("tantieme_owner", committed_db),
        "CELERY_BROKER_URL": broker_url,
        "SECRET_KEY": "of the tests",
        "TANTIEME_HOME": str(tmp_path),
    }
    folder, total = features.rows_folder(prepared), len(filling(prepared))

    def finished_jobs() -> int:
        return sum(job.status == Job.Status.SUCCEEDED for job in filling(prepared))

    with running_worker(tmp_path, concurrency=2, extra=environment) as worker:
        wait_for(lambda: finished_jobs() >= 1)
        for process in [*worker.children(recursive=True), worker]:
            process.kill()
        psutil.wait_procs([worker], timeout=10)
    assert finished_jobs() < total
    bury_the_dead()
    dispatch.sweep(timezone.now())
    with running_worker(tmp_path, concurrency=2, extra=environment):
        wait_for(lambda: finished_jobs() == total, seconds=120)
    assert (folder / "manifest.json").exists()
    assert content(folder) == alone(prepared, checkpoints, tmp_path / "alone")
