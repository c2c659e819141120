"""A platform sends the store that it computed, or asks us to compute one."""

import hashlib

import pytest
from django.utils import timezone

from accounts.models import Scope
from attribution import tasks  # noqa: F401 registers the handlers
from attribution.models import FeatureStore
from catalog.models import Checkpoint, ModelVersion
from common.jobs import runner
from common.jobs.models import Job
from common.uploads.models import Upload
from tests.api.conftest import caller_for, problem

NO_ID = "01a201be-3a8a-77b0-8326-52edaf13c62a"


@pytest.fixture(autouse=True)
def _files_here(settings, tmp_path):
    settings.UPLOAD_ROOT, settings.FEATURE_STORE_ROOT = tmp_path / "uploads", tmp_path / "stores"


@pytest.fixture
def address(world) -> str:
    return f"model-versions/{ModelVersion.objects.get(platform=world.platform).pk}/feature-stores"


def uploaded(world, content: bytes = b"MThd" * 100, purpose: str = "feature_store") -> str:
    upload = Upload.objects.create(
        tenant=world.platform.organisation.tenant,
        purpose=purpose,
        status=Upload.Status.SEALED,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        expires_at=timezone.now(),
    )
    upload.path.parent.mkdir(parents=True, exist_ok=True)
    upload.path.write_bytes(content)
    return str(upload.pk)


def test_a_store_is_looked_into_by_a_job_and_refused_with_a_reason(acme, world, address):
    sent = acme.post_json(address, {"upload": uploaded(world)})
    assert sent.status_code == 202, sent.content
    document = sent.json()
    assert (document["status"], document["origin"]) == ("verifying", "platform")
    job = Job.objects.get(kind="attribution.receive_store")
    assert document["job"].endswith(str(job.pk))
    runner.run(job.pk)
    told = acme.get(address).json()["data"][0]
    assert (told["id"], told["status"]) == (document["id"], "refused")
    assert "no plain tar" in told["error"]
    assert (told["sha256"], told["sealed_at"], told["members"]) == ("", None, [])


def test_the_same_upload_again_is_the_same_store(acme, world, address):
    body = {"upload": uploaded(world)}
    first, again = acme.post_json(address, body), acme.post_json(address, body)
    assert first.json() == again.json()
    assert Job.objects.filter(kind="attribution.receive_store").count() == 1


def test_what_cannot_be_a_store_is_refused(acme, world, address, counts):
    before = counts()
    for body in ({}, {"upload": "x"}, {"upload": NO_ID}, {"upload": NO_ID, "more": 1}):
        problem(acme.post_json(address, body), 422, "invalid")
    other = uploaded(world, purpose="audio")
    problem(acme.post_json(address, {"upload": other}), 422, "invalid")
    assert counts() == before


def test_a_key_needs_the_scope_for_models_and_another_platform_finds_nothing(
    acme, bolt, world, address
):
    problem(bolt.get(address), 404, "not-found")
    problem(bolt.post_json(address, {"upload": NO_ID}), 404, "not-found")
    sender = caller_for(world.platform.organisation, Scope.READ, Scope.INGEST)
    problem(sender.post_json(address, {"upload": NO_ID}), 403, "forbidden")
    assert sender.get(address).status_code == 200


def test_we_compute_features_under_registered_checkpoints_of_our_architecture(acme, world, address):
    version = ModelVersion.objects.get(platform=world.platform)
    wanted = address.replace("feature-stores", "features")
    values = {"model_version": version, "sha256": "c" * 64, "path": "x"}
    Checkpoint.objects.create(member="foreign", step=1, architecture="", **values)
    document = problem(acme.post_json(wanted, {}), 422, "invalid")
    assert "no registered checkpoint of an architecture that is read here" in document["detail"]
    for step in (1, 2):
        Checkpoint.objects.create(
            member="seed-0", step=step, architecture="music-transformer", **values
        )
    last = acme.post_json(wanted, {})
    assert last.status_code == 202, last.content
    assert (last.json()["status"], last.json()["origin"]) == ("computing", "ours")
    assert last.json()["members"] == ["seed-0-step-000002"]
    everything = acme.post_json(wanted, {"checkpoints": "all"}).json()
    assert everything["members"] == ["seed-0-step-000001", "seed-0-step-000002"]
    assert acme.post_json(wanted, {}).json()["id"] == last.json()["id"]
    problem(acme.post_json(wanted, {"checkpoints": "some"}), 422, "invalid")
    stores = FeatureStore.objects.filter(pk__in=[last.json()["id"], everything["id"]])
    assert {store.training_set for store in stores} == {version.training_set}
