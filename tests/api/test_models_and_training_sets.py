"""Model versions, training sets and checkpoints, as their platform registers them."""

import hashlib
import json
import struct
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from safetensors.numpy import save

from attribution.services.reading import load_registered
from catalog.models import Checkpoint, Consent, ModelVersion, Share, TrainingSet
from common.database import tenancy
from common.jobs.registry import JobError
from common.uploads.models import Upload
from tests.api.conftest import Caller, problem
from tests.royalty.cast import World, add_track

NEW = {"name": "m", "version": "2"}


def consent(track, **more: Any) -> Consent:
    values = {"right": "composition", "basis": "asked", "valid_from": date(2020, 1, 1)}
    return Consent.objects.create(track=track, **values | more)


@pytest.fixture
def tracks(world: World) -> dict[str, Any]:
    """Tracks A, B and C, to whose use by anybody's model somebody agreed."""
    found = {ref: add_track(world, ref, {}) for ref in "ABC"}
    for track in found.values():
        consent(track)
    return found


@pytest.fixture
def second(acme: Caller) -> int:
    """The id of a model version without a training set."""
    return acme.post_json("model-versions", NEW).json()["id"]


ROLES = {"A": "train", "B": "control_calibration", "C": "control_test"}


def manifest(tracks: dict[str, Any], **roles: str) -> list[dict[str, str]]:
    return [
        {"track": ref, "role": role, "sha256": tracks[ref].asset.sha256}
        for ref, role in (roles or ROLES).items()
    ]


def freeze(acme: Caller, pk: int, members: Any, as_of: str = "2026-01-01", **headers: str):
    body = {"as_of": as_of, "members": members}
    return acme.post_json(f"model-versions/{pk}/training-set", body, **headers)


def test_a_model_version_is_registered_once(acme, bolt):
    first = acme.post_json("model-versions", NEW)
    assert first.status_code == 201
    assert first.json()["ref"] == "m@2"
    again = acme.post_json("model-versions", NEW)
    assert (again.status_code, again.json()) == (200, first.json())
    assert acme.get(f"model-versions/{first.json()['id']}").json() == first.json()
    problem(bolt.get(f"model-versions/{first.json()['id']}"), 404, "not-found")
    theirs = bolt.post_json("model-versions", NEW)
    assert theirs.json()["id"] != first.json()["id"]
    assert [row["ref"] for row in acme.get("model-versions", version="2").json()["data"]] == ["m@2"]


@pytest.mark.parametrize(
    "change", [{"name": "a@b"}, {"name": ""}, {"name": "a\n"}, {"version": 2}, {"platform": 1}]
)
def test_a_model_versions_name_is_taken_strictly(acme, change):
    before = ModelVersion.objects.count()
    problem(acme.post_json("model-versions", NEW | change), 422, "invalid")
    assert ModelVersion.objects.count() == before


def test_a_training_set_is_frozen_and_read_back(acme, tracks, second):
    answer = freeze(acme, second, manifest(tracks))
    assert answer.status_code == 201, answer.content
    assert answer.json()["roles"] == {"train": 1, "control_calibration": 1, "control_test": 1}
    read = acme.get(f"model-versions/{second}/training-set")
    assert read["ETag"] == f'"{answer.json()["sha256"]}"'
    again = acme.client.get(
        f"/api/v1/model-versions/{second}/training-set",
        headers=acme.headers(If_None_Match=read["ETag"]),
    )
    assert again.status_code == 304
    page = acme.get(f"model-versions/{second}/training-set/members", limit="2").json()
    assert [(row["position"], row["track"]) for row in page["data"]] == [(0, "A"), (1, "B")]
    last = acme.client.get(page["next"], headers=acme.headers()).json()["data"]
    assert last == [{"position": 2, **manifest(tracks)[2]}]
    assert freeze(acme, second, manifest(tracks)[::-1]).status_code == 200


def test_lines_freeze_the_same_set_as_an_object(acme, tracks, second):
    path = f"model-versions/{second}/training-set"
    answer = acme.post_lines(f"{path}?as_of=2026-01-01", manifest(tracks))
    assert answer.status_code == 201, answer.content
    assert freeze(acme, second, manifest(tracks)).json() == answer.json()
    problem(acme.post_lines(path, manifest(tracks)), 422, "invalid")


def test_another_set_needs_another_version(acme, tracks, second):
    freeze(acme, second, manifest(tracks))
    other = manifest(tracks, B="train", A="control_calibration", C="control_test")
    problem(freeze(acme, second, other), 409, "conflict")


def broken(tracks: dict[str, Any], fault: str) -> list[dict[str, str]]:
    members = manifest(tracks)
    match fault:
        case "unknown":
            members[1]["track"] = "nothing"
        case "repeated":
            members.append(members[1])
        case "another file":
            members[1]["sha256"] = "0" * 64
        case "no consent":
            Consent.objects.filter(track=tracks["B"]).update(valid_until=date(2026, 1, 1))
        case "no consent to the recording":
            Share.objects.create(
                track=tracks["B"],
                party_id=Share.objects.values_list("party", flat=True)[0],
                right="recording",
                role="label",
                share_ppm=1_000_000,
                valid_from=date(2020, 1, 1),
            )
    return members


@pytest.mark.parametrize(
    "fault", ["unknown", "repeated", "another file", "no consent", "no consent to the recording"]
)
def test_every_fault_of_a_manifest_is_named_by_its_place(acme, tracks, second, fault):
    members = broken(tracks, fault)
    refused = problem(freeze(acme, second, members), 422, "invalid")
    assert refused["errors"][0]["pointer"] == "/members/1"
    path = f"model-versions/{second}/training-set?as_of=2026-01-01"
    refused = problem(acme.post_lines(path, members), 422, "invalid")
    assert refused["errors"][0]["line"] == 2
    assert not TrainingSet.objects.filter(model_version=second).exists()


def test_a_track_that_nobody_offers_does_not_exist_for_a_platform(acme, tracks, second):
    Consent.objects.filter(track=tracks["B"]).delete()
    refused = problem(freeze(acme, second, manifest(tracks)), 422, "invalid")
    assert refused["errors"] == [
        {"pointer": "/members/1", "detail": "The catalogue has no such track."}
    ]


@pytest.mark.parametrize(
    "line",
    ["", "[]", "{", '{"track":"A"}', '{"track":"A","role":"x","sha256":""}', "[" * 3000, "NaN"],
)
def test_a_broken_line_is_named(acme, tracks, second, line):
    lines = [json.dumps(each) for each in manifest(tracks)]
    lines[1] = line
    path = f"model-versions/{second}/training-set?as_of=2026-01-01"
    refused = problem(acme.post_lines(path, lines), 422, "invalid")
    assert [error["line"] for error in refused["errors"]] == [2]


def test_a_set_is_not_frozen_as_of_a_day_to_come(acme, tracks, second):
    tomorrow = str(timezone.now().date() + timedelta(days=1))
    problem(freeze(acme, second, manifest(tracks), as_of=tomorrow), 422, "invalid")


def sealed_upload(acme: Caller, content: bytes, purpose: str = "checkpoint") -> str:
    digest = hashlib.sha256(content).hexdigest()
    body = {"purpose": purpose, "size_bytes": len(content), "sha256": digest}
    pk = acme.post_json("uploads", body).json()["id"]
    sent = acme.client.put(
        f"/api/v1/uploads/{pk}/parts/1",
        content,
        content_type="application/octet-stream",
        headers=acme.headers(),
    )
    assert sent.status_code == 201
    done = acme.client.post(f"/api/v1/uploads/{pk}/complete", headers=acme.headers())
    assert done.status_code == 200, done.content
    return pk


def register(acme: Caller, upload: str, version: int, **more: Any):
    body = {"upload": upload, "member": "seed-1", "step": 10} | more
    return acme.post_json(f"model-versions/{version}/checkpoints", body)


WEIGHTS = save({"a": np.ones((2, 3), np.float32), "b": np.zeros(4, np.float16)})


def test_weights_of_the_house_are_kept_as_evidence(acme, second):
    upload = sealed_upload(acme, WEIGHTS)
    answer = register(acme, upload, second, metrics={"loss": 1.5})
    assert answer.status_code == 201, answer.content
    document = answer.json()
    assert document["architecture"] == ""
    assert document["sha256"] == hashlib.sha256(WEIGHTS).hexdigest()
    assert document["metrics"] == {"loss": 1.5, "parameters": 10}
    assert acme.get(f"uploads/{upload}").json()["status"] == "used"
    assert acme.get(f"model-versions/{second}/checkpoints").json()["data"] == [document]
    assert register(acme, upload, second).status_code == 200
    with pytest.raises(JobError):
        load_registered(Checkpoint.objects.get())


def test_weights_of_the_reference_model_can_be_loaded(acme, second):
    from safetensors.torch import load
    from safetensors.torch import save as save_torch

    from attribution.reference.checkpoints import weights
    from attribution.reference.model import ModelConfig, MusicTransformer

    sizes = {"vocabulary": 11, "context": 8, "width": 8, "layers": 1, "heads": 2, "hidden": 8}
    model = MusicTransformer(ModelConfig(**sizes))
    metadata = {
        "tantieme.architecture": "music-transformer",
        "tantieme.model": json.dumps(sizes | {"tied": True}),
    }
    content = save_torch(load(weights(model)), metadata)
    answer = register(acme, sealed_upload(acme, content), second)
    assert answer.json()["architecture"] == "music-transformer"
    loaded = load_registered(Checkpoint.objects.get())
    assert loaded.config.vocabulary == 11
    assert (loaded.embedding.weight == model.embedding.weight).all()


def test_other_weights_are_not_registered_in_place_of_known_ones(acme, second):
    register(acme, sealed_upload(acme, WEIGHTS), second)
    other = sealed_upload(acme, save({"a": np.zeros(3, np.float32)}))
    problem(register(acme, other, second), 409, "conflict")
    assert Upload.objects.get(pk=other).status == "sealed"


def test_an_upload_of_somebody_else_or_for_something_else_is_no_checkpoint(acme, bolt, second):
    for upload in (sealed_upload(bolt, WEIGHTS), sealed_upload(acme, WEIGHTS, "usage")):
        refused = problem(register(acme, upload, second), 422, "invalid")
        assert refused["errors"][0]["pointer"] == "/upload"
    problem(register(bolt, sealed_upload(bolt, WEIGHTS), second), 404, "not-found")
    assert not Checkpoint.objects.exists()


@pytest.mark.parametrize("member", ["../../etc", "a/b", "A", "", "a" * 49, "seed\n"])
def test_a_members_name_leads_nowhere(acme, second, member):
    problem(register(acme, sealed_upload(acme, WEIGHTS), second, member=member), 422, "invalid")


def safetensors(header: Any, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(begin: int, end: int, **more: Any) -> dict[str, Any]:
    return {"dtype": "U8", "shape": [end - begin], "data_offsets": [begin, end]} | more


HOSTILE = {
    "a pickle": b"\x80\x04\x95" + b"cos\nsystem\n" * 20,
    "an archive": b"PK\x03\x04" + bytes(100),
    "too short": b"\x01",
    "a length beyond the file": struct.pack("<Q", 1 << 60) + b"{}",
    "a length of nothing": struct.pack("<Q", 0) + b"{}",
    "no JSON": safetensors(b"{nothing}"),
    "no UTF-8": safetensors(b'{"\xff": 1}'),
    "no object": safetensors([1]),
    "no tensor": safetensors({}),
    "depth": safetensors(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "NaN": safetensors(b'{"a": NaN}'),
    "a name twice": safetensors(
        b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},'
        b'"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
        b"x",
    ),
    "a hole": safetensors({"a": tensor(0, 1), "b": tensor(2, 3)}, b"xxx"),
    "an overlap": safetensors({"a": tensor(0, 2), "b": tensor(1, 3)}, b"xxx"),
    "a rest": safetensors({"a": tensor(0, 1)}, b"xx"),
    "beyond the end": safetensors({"a": tensor(0, 9)}, b"xx"),
    "a negative offset": safetensors({"a": tensor(-1, 1)}, b"xx"),
    "a shape that overflows": safetensors({"a": tensor(0, 1, shape=[1 << 40, 1 << 40])}, b"x"),
    "a negative shape": safetensors({"a": tensor(0, 1, shape=[-1, -1])}, b"x"),
    "true for a size": safetensors({"a": tensor(0, 1, shape=[True])}, b"x"),
    "an unknown type": safetensors({"a": tensor(0, 1, dtype="OBJECT")}, b"x"),
    "more than is said": safetensors({"a": tensor(0, 1, code="import os")}, b"x"),
    "metadata that is none": safetensors({"__metadata__": {"a": [1]}, "b": tensor(0, 1)}, b"x"),
    "a model that is none": safetensors(
        {
            "__metadata__": {"tantieme.architecture": "music-transformer", "tantieme.model": "[]"},
            "b": tensor(0, 1),
        },
        b"x",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_that_is_no_honest_safetensors_is_refused(acme, second, settings, kind):
    upload = sealed_upload(acme, HOSTILE[kind])
    refused = problem(register(acme, upload, second), 422, "invalid")
    assert refused["errors"][0]["pointer"] == "/upload"
    assert not Checkpoint.objects.exists()
    assert not list(settings.MODEL_ROOT.rglob("*")) if settings.MODEL_ROOT.exists() else True


def test_sizes_that_the_weights_do_not_have_are_refused_before_memory_is_taken(acme, second):
    sizes = {"vocabulary": 10**9, "width": 4096, "heads": 4, "layers": 10**6, "hidden": 4096}
    metadata = {
        "tantieme.architecture": "music-transformer",
        "tantieme.model": json.dumps(sizes),
    }
    content = save({"embedding.weight": np.ones((2, 3), np.float32)}, metadata)
    register(acme, sealed_upload(acme, content), second)
    with pytest.raises(JobError, match="does not fit its model"):
        load_registered(Checkpoint.objects.get())


def test_the_database_shows_a_platform_what_it_registered_and_no_other(acme, bolt, second, world):
    register(acme, sealed_upload(acme, WEIGHTS), second)
    theirs = tenancy.of_organisation(
        ModelVersion.objects.exclude(platform=world.platform).get().platform.organisation_id
    )
    with tenancy.acting_as(theirs):
        assert not Checkpoint.objects.exists()
        assert not ModelVersion.objects.filter(pk=second).exists()
