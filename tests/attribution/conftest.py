"""A small world that is trained and captured once for all tests of a module.

It is built by the very handlers that workers run, in a database of its own; each test then works
in a transaction that is rolled back.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings

from attribution import tasks  # noqa: F401 registers the handlers
from attribution.models import FeatureStore, Generation
from attribution.selectors.features import KIND_CAPTURE, jobs_of
from attribution.services.features import request_features
from attribution.services.generations import register_generation, request_samples
from attribution.services.reference_model import request_training
from catalog.deliveries.services.folders import import_manifest
from catalog.models import ModelVersion
from catalog.services.assets import asset_path
from catalog.services.training_sets import (
    freeze_training_set,
    register_model_version,
    register_platform,
)
from common.jobs import runner
from common.jobs.models import Job
from tests.conftest import cloned_database

CATALOGUE = Path(__file__).resolve().parents[2] / "demo" / "catalogue"
FROZEN_ON = date(2026, 9, 1)
GENERATED_AT = datetime(2026, 9, 20, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    """A model version trained on ten songs, its store, and three generated pieces."""

    model_version: ModelVersion
    store: FeatureStore
    generations: list[Generation]
    copied: str  # ref of the training song that the last generation copies
    home: Path

    @property
    def store_folder(self) -> Path:
        from attribution.services.features import store_folder

        return store_folder(self.store)


def do(job: Job) -> Job:
    """Do a job here and now, as a worker would."""
    done = runner.run(job.pk)
    assert done is not None
    return done


def succeed(job: Job) -> Job:
    done = do(job)
    assert done.status == Job.Status.SUCCEEDED, done.error
    return done


@pytest.fixture(scope="module")
def built_world(
    django_db_setup, django_db_blocker, tmp_path_factory, module_broker
) -> Iterator[World]:
    home = tmp_path_factory.mktemp("world")
    with django_db_blocker.unblock(), cloned_database(), override_settings(**files_in(home)):
        yield build(home)


def files_in(home: Path) -> dict:
    return {
        "STORAGES": {
            "default": {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": str(home / "storage")},
            }
        },
        "FEATURE_STORE_ROOT": home / "features",
        "MODEL_ROOT": home / "models",
    }


@pytest.fixture(scope="module")
def module_broker(broker_url: str) -> str:
    return broker_url


@pytest.fixture
def world(built_world: World, storage: None) -> Iterator[World]:
    """The world, as it was built; what a test changes in the database is undone."""
    with override_settings(**files_in(built_world.home)), transaction.atomic():
        yield built_world
        transaction.set_rollback(True)


def build(home: Path) -> World:
    assert import_manifest(path=small_manifest(home), as_of=FROZEN_ON).ok
    rows = roles()
    model_version = register_model_version(
        platform=register_platform(code="cadenza", name="Cadenza"), name="lieder", version="1"
    )
    freeze_training_set(
        model_version=model_version,
        train=rows["train"],
        control_calibration=rows["control"][:10],
        control_test=rows["control"][10:],
        as_of=FROZEN_ON,
    )
    for job in request_training(model_version, size="tiny", seeds=[0, 1]):
        succeed(job)
    last = model_version.checkpoints.latest("step").step
    checkpoints = list(model_version.checkpoints.filter(step=last).order_by("member"))
    store, jobs = request_features(
        checkpoints, capture={"dimension": 4096, "shard_rows": 64}, curvature_segments=32
    )
    for job in jobs:
        succeed(job)
    for job in jobs_of(store).filter(kind=KIND_CAPTURE):
        succeed(job)
    store.refresh_from_db()
    sampled = succeed(
        request_samples(checkpoints[0], prefix="piece", count=2, seed=3, generated_at=GENERATED_AT)
    )
    generations = list(Generation.objects.filter(external_id__in=sampled.result["external_ids"]))
    source = model_version.training_set.members.get(track__ref=rows["train"][0]).track
    generations.append(
        register_generation(
            model_version=model_version,
            external_id="copy",
            content=asset_path(source.asset).read_bytes(),
            generated_at=GENERATED_AT,
        )
    )
    return World(model_version, store, generations, source.ref, home)


def roles() -> dict[str, list[str]]:
    """Ten songs to train on and fourteen controls, the shortest there are."""
    with (CATALOGUE / "manifest.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    rows.sort(key=lambda row: (CATALOGUE / row["file"]).stat().st_size)
    return {
        role: [row["track_id"] for row in rows if row["demo_role"] == role][:count]
        for role, count in (("train", 10), ("control", 14))
    }


def small_manifest(home: Path) -> Path:
    """The bundled manifest with these songs alone, beside links to their files."""
    wanted = {ref for refs in roles().values() for ref in refs}
    with (CATALOGUE / "manifest.csv").open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = [row for row in reader if row["track_id"] in wanted]
    path = home / "manifest.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, reader.fieldnames or [])
        writer.writeheader()
        writer.writerows(rows)
    for row in rows:
        target = home / row["file"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((CATALOGUE / row["file"]).read_bytes())
    return path
