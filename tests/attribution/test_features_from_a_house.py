"""A platform computes in its own house what we would have computed, and sends that instead."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from accounts.models import Organisation
from attribution import tasks  # noqa: F401 registers the handlers
from attribution.models import FeatureStore, Generation
from attribution.selectors.features import KIND_CAPTURE, job_of, jobs_of
from attribution.services.arrivals import welcome
from attribution.services.features import request_features, store_folder
from attribution.services.generations import register_generation
from attribution.services.received_features import receive_features
from attribution.services.received_stores import look_into, receive_store
from catalog.deliveries.services.folders import import_manifest
from catalog.models import ModelVersion
from catalog.services.assets import asset_path
from catalog.services.training_sets import (
    freeze_training_set,
    register_model_version,
    register_platform,
)
from common.database import tenancy
from common.jobs.models import Job
from common.jobs.registry import ignore_progress
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


def test_the_same_upload_again_is_the_store_already_there(world):
    store = send_store(world, world.package)
    again = receive_store(
        world.model_version,
        UUID(store.config["upload"]),
        tenant=world.tenant,
        as_of=timezone.now(),
    )
    assert again == store
    look_into({"store": store.pk}, ignore_progress)
    digest = store.digest
    store.refresh_from_db()
    assert store.digest == digest


def test_a_store_without_its_curvature_is_as_good(world):
    store = send_store(world, world.house.pack("--without-curvature"))
    assert store.sealed_at is not None


def forged(world: World, folder: Path, *, table=None, rows=None, **identity) -> Path:
    """A packed store that says what it likes."""
    from attribution import engine

    table = table or engine.TrackTable.read(world.house.store)
    members = ["seed-0-step-000007"]
    said = {
        "training_set": world.model_version.training_set.digest,
        "tracks": table.sha256(),
        "checkpoints": dict.fromkeys(members, "c" * 64),
        "runs": dict.fromkeys(members, "seed-0"),
    }
    config = engine.CaptureConfig(dimension=4, dtype="float32", curvature="none", shard_rows=512)
    store = engine.FeatureStore.create(
        folder / "forged",
        config,
        members=members,
        n_segments=table.n_segments,
        identity={name: value for name, value in (said | identity).items() if value is not None},
    )
    table.write(store.path)
    made = np.ones((table.n_segments, 4), np.float32) if rows is None else rows(table.n_segments)
    store.write(members[0], 0, made, "f" * 64)
    store.seal()
    engine.pack(store, folder / "forged.tar")
    return folder / "forged.tar"


def changed_table(world: World, change) -> Any:
    from attribution import engine

    return engine.TrackTable.of(change(list(engine.TrackTable.read(world.house.store).tracks)))


def with_role(tracks: list) -> list:
    place = next(at for at, track in enumerate(tracks) if track.role == "train")
    return [
        replace(track, role="control_test") if at == place else track
        for at, track in enumerate(tracks)
    ]


FORGERIES = {
    "another training set": ({"training_set": "0" * 64}, None, "made from the training set"),
    "no training set": ({"training_set": None}, None, "made from the training set"),
    "another table": ({"tracks": "0" * 64}, None, "not the one that config.json names"),
    "no checkpoints": ({"checkpoints": None}, None, "under 'checkpoints' one text"),
    "no hash of a checkpoint": (
        {"checkpoints": {"seed-0-step-000007": "x"}},
        None,
        "'checkpoints'",
    ),
    "no training runs": ({"runs": ["seed-0"]}, None, "under 'runs' one text"),
    "a track less": ({}, lambda tracks: tracks[:-1], "has 23 tracks; the training set has 24"),
    "another order": ({}, lambda tracks: tracks[::-1], "has the ref"),
    "another role": ({}, with_role, "has the role 'control_test'; in the training set it is"),
    "another file": (
        {},
        lambda tracks: [replace(tracks[0], sha256="0" * 64), *tracks[1:]],
        "has the sha256 '0000",
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_store_of_something_else_is_refused_and_leaves_no_file(world, tmp_path, name):
    identity, change, reason = FORGERIES[name]
    table = None if change is None else changed_table(world, change)
    store = send_store(world, forged(world, tmp_path, table=table, **identity))
    assert reason in store.refusal
    assert (store.digest, store.sealed_at) == ("", None)
    assert not store_folder(store).exists()


def test_a_store_that_is_honest_about_what_it_is_made_from_is_taken(world, tmp_path):
    assert send_store(world, forged(world, tmp_path)).refusal == ""


def test_rows_of_zeros_are_refused(world, tmp_path):
    package = forged(world, tmp_path, rows=lambda count: np.zeros((count, 4), np.float32))
    assert "are zero" in send_store(world, package).refusal


def rewritten(world: World, folder: Path, name: str, change) -> Path:
    """The house's store with one file changed, its manifest rewritten to fit."""
    root = folder / "changed"
    shutil.copytree(world.house.store, root)
    path = root / name
    path.write_bytes(change(path.read_bytes()))
    manifest = json.loads((root / "manifest.json").read_bytes())
    content = path.read_bytes()
    entry = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    manifest["files"][name] = entry
    (root / "manifest.json").write_text(json.dumps(manifest))
    from attribution import engine

    described = engine.FeatureStore.join(world.house.store).description
    engine.pack(engine.FeatureStore(root, described), folder / "changed.tar")
    return folder / "changed.tar"


def not_a_number(content: bytes) -> bytes:
    return content[:-4] + np.float32(np.nan).tobytes()


MEMBER = "seed-0-step-000007"


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        (f"scales/{MEMBER}.npy", not_a_number, "not one finite number a row"),
        (f"shards/{MEMBER}/00000.npy", not_a_number, "is not finite"),
        (f"shards/{MEMBER}/00000.npy", lambda content: content[:-4], "do not belong"),
        (f"shards/{MEMBER}/00000.json", lambda _: b"{}", "do not belong"),
        ("config.json", lambda content: content.replace(b'"seed": 0', b'"seed": 1'), "belong"),
        ("config.json", lambda _: b'{"format": 2}', "cannot be read"),
        ("config.json", lambda content: content.replace(b"357", b"1e99"), "at least one segment"),
        ("tracks.json", lambda _: b"[" * 9999, "cannot be read"),
    ],
)
def test_a_store_that_was_tampered_with_is_refused(world, tmp_path, name, change, reason):
    store = send_store(world, rewritten(world, tmp_path, name, change))
    assert reason in store.refusal
    assert str(world.home) not in store.refusal, "where it lies here is nobody's business"


def test_a_byte_that_changed_on_the_way_is_refused(world, tmp_path):
    content = bytearray(world.package.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "bent.tar").write_bytes(content)
    assert "damaged" in send_store(world, tmp_path / "bent.tar").refusal


def test_what_is_no_package_is_refused(world, tmp_path):
    (tmp_path / "noise").write_bytes(b"MThd" * 1000)
    assert "no plain tar" in send_store(world, tmp_path / "noise").refusal
