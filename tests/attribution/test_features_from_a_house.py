"""A platform computes in its own house what we would have computed, and sends that instead."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from accounts.models import Organisation
from attribution import tasks  # noqa: F401 registers the handlers
from attribution.models import FeatureStore, Generation
from attribution.selectors.features import KIND_CAPTURE, job_of, jobs_of
from attribution.services.arrivals import welcome
from attribution.services.features import request_features
from attribution.services.generations import register_generation
from attribution.services.received_features import receive_features
from attribution.services.received_stores import receive_store
from catalog.models import ModelVersion
from catalog.services.assets import asset_path
from catalog.services.importing import import_manifest
from catalog.services.training_sets import (
    freeze_training_set,
    register_model_version,
    register_platform,
)
from common.database import tenancy
from common.jobs.models import Job
from common.uploads.models import Upload
from tests.attribution.conftest import (
    FROZEN_ON,
    GENERATED_AT,
    files_in,
    roles,
    small_manifest,
    succeed,
)
from tests.attribution.house import (
    CAPTURE,
    CURVATURE_SEGMENTS,
    House,
    furnish,
    make_weights,
    register,
)
from tests.conftest import cloned_database

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class World:
    """A model version whose weights we know, and the house in which the same weights lie."""

    model_version: ModelVersion
    ours: FeatureStore
    house: House
    package: Path
    song: bytes  # the file of a training track
    home: Path
    tenant: str


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory, module_broker) -> Iterator[World]:
    home = tmp_path_factory.mktemp("world")
    with django_db_blocker.unblock(), cloned_database(), override_settings(**settings_in(home)):
        yield build(home)


@pytest.fixture
def world(built: World) -> Iterator[World]:
    with override_settings(**settings_in(built.home)), transaction.atomic():
        yield built
        transaction.set_rollback(True)


def settings_in(home: Path) -> dict:
    return {**files_in(home), "UPLOAD_ROOT": home / "uploads"}


def build(home: Path) -> World:
    assert import_manifest(path=small_manifest(home), as_of=FROZEN_ON).ok
    platform, rows = register_platform(code="cadenza", name="Cadenza"), roles()
    platform.organisation = Organisation.objects.create(name="Cadenza", kind="platform")
    platform.save()
    version = register_model_version(platform=platform, name="lieder", version="1")
    freeze_training_set(
        model_version=version,
        train=rows["train"],
        control_calibration=rows["control"][:10],
        control_test=rows["control"][10:],
        as_of=FROZEN_ON,
    )
    checkpoints = [register(version, home / "models", seed) for seed in (0, 1)]
    store, jobs = request_features(
        checkpoints, capture=CAPTURE, curvature_segments=CURVATURE_SEGMENTS
    )
    for job in jobs:
        succeed(job)
    for job in jobs_of(store).filter(kind=KIND_CAPTURE):
        succeed(job)
    store.refresh_from_db()
    house = furnish(home / "house", version)
    for seed in (0, 1):
        make_weights(house.root / "models" / f"seed-{seed}", seed)
    house.capture()
    song = version.training_set.members.get(track__ref=rows["train"][0]).track.asset
    content = asset_path(song).read_bytes()
    return World(version, store, house, house.pack(), content, home, platform.organisation.tenant)


def uploaded(path: Path, purpose: str, tenant: str) -> Upload:
    """A sealed upload of a file."""
    content = path.read_bytes()
    upload = Upload.objects.create(
        tenant=tenant,
        purpose=purpose,
        status=Upload.Status.SEALED,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        expires_at=timezone.now(),
    )
    upload.path.parent.mkdir(parents=True, exist_ok=True)
    upload.path.write_bytes(content)
    return upload


def send_store(world: World, package: Path) -> FeatureStore:
    """The store as it is after the job looked into it."""
    with tenancy.acting_as(world.tenant):
        upload = uploaded(package, "feature_store", world.tenant)
        store = receive_store(
            world.model_version, upload.pk, tenant=world.tenant, as_of=timezone.now()
        )
        job = job_of(store)
    assert job is not None
    succeed(job)
    store.refresh_from_db()
    return store


def shares(piece: Generation) -> tuple:
    piece.refresh_from_db()
    welcome(piece)
    job = Job.objects.get(kind="attribution.attribute", key=str(piece.arrival_run_id))
    succeed(job)
    row = piece.attributions.get()
    names = ("track_ids", "share_ppb", "low_ppb", "high_ppb", "unattributed_ppb", "evidence")
    return tuple(getattr(row, name) for name in names)


def test_what_the_house_computes_earns_what_we_would_have_computed(world):
    store = send_store(world, world.package)
    assert (store.refusal, store.origin) == ("", "platform")
    assert store.sealed_at is not None
    ours = register_generation(
        model_version=world.model_version,
        external_id="sent",
        content=world.song,
        generated_at=GENERATED_AT,
    )
    kept = register_generation(
        model_version=world.model_version,
        external_id="kept",
        content=None,
        generated_at=GENERATED_AT,
    )
    upload = uploaded(world.house.features("kept", world.song), "generation_features", world.tenant)
    features, is_new = receive_features(kept, upload.pk, tenant=world.tenant, as_of=timezone.now())
    assert is_new
    assert features.standing == "unverified"
    of_ours, of_kept = shares(ours), shares(kept)
    assert of_ours == of_kept
    assert of_ours[0], "somebody must earn, or the comparison proves nothing"
    assert ours.arrival_run.feature_store == world.ours
    assert kept.arrival_run.feature_store == store
