"""A platform sends a piece as tokens, as audio, as features, or many at once."""

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from django.utils import timezone

from attribution.exchange.features_file import Identity, write_features
from attribution.models import FeatureStore, Generation, GenerationFeatures
from attribution.reference.plain_midi import token_names
from catalog.models import Asset
from common.jobs.models import Job
from common.uploads.models import Upload
from tests.api.conftest import SONGS, WHEN, problem

NOTE = [token_names().index(name) for name in ("Pitch_60", "Duration_1.0.12", "TimeShift_1.0.12")]
K = 16
MEMBERS = {"a": "1" * 64, "b": "2" * 64}


@pytest.fixture(autouse=True)
def _uploads_here(settings, tmp_path):
    settings.UPLOAD_ROOT = tmp_path / "uploads"


@pytest.fixture
def store(world) -> FeatureStore:
    """A sealed store that Acme computed in its house."""
    ours = FeatureStore.objects.get()
    return FeatureStore.objects.create(
        model_version=ours.model_version,
        training_set=ours.training_set,
        folder="theirs",
        origin=FeatureStore.Origin.PLATFORM,
        digest="d" * 64,
        sealed_at=timezone.now(),
        config={
            "capture": {"dimension": K},
            "description": "e" * 64,
            "members": dict.fromkeys(MEMBERS, "c" * 64),
            "runs": dict.fromkeys(MEMBERS, "0"),
            "fingerprints": MEMBERS,
            "norms": {member: [1.0, 10.0] for member in MEMBERS},
        },
    )


def identity(**changes) -> Identity:
    values = {"store": "d" * 64, "config": "e" * 64, "fingerprints": MEMBERS, "engine": "0.1.0"}
    return Identity(**values | {"captured_at": WHEN} | changes)


def features_file(rows: np.ndarray | None = None, **changes) -> bytes:
    if rows is None:
        rows = np.random.default_rng(0).standard_normal((2, 3, K)).astype(np.float32)
    count = rows.shape[1]
    content, _ = write_features(
        rows, np.ones(count, np.int32), np.zeros((count, 32), np.uint8), identity(**changes)
    )
    return content


def uploaded(world, content: bytes, purpose: str = "generation_features") -> str:
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


def piece(name: str, **fields) -> dict:
    return {"external_id": name, "model_version": "m@1", "generated_at": WHEN, **fields}


def wave(seconds: float = 0.2) -> bytes:
    content = io.BytesIO()
    soundfile.write(content, np.zeros(int(8000 * seconds), np.float32), 8000, format="WAV")
    return content.getvalue()


def test_tokens_become_the_piece_and_are_attributed_as_any_other(acme, features):
    sent = acme.post_json("generations", piece("told", tokens=NOTE * 8))
    assert sent.status_code == 201, sent.content
    document = sent.json()
    assert (document["media_type"], document["attribution_status"]) == ("audio/midi", "queued")
    assert document["seconds"] > 0
    again = acme.post_json("generations", piece("told", tokens=NOTE * 8))
    assert (again.status_code, again.json()["id"]) == (200, document["id"])
    problem(acme.post_json("generations", piece("told", tokens=NOTE * 9)), 409, "conflict")


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({}, ""),
        ({"tokens": []}, "/tokens"),
        ({"tokens": [306]}, "/tokens/0"),
        ({"tokens": [1.5]}, "/tokens/0"),
        ({"tokens": "2 3"}, "/tokens"),
        ({"tokens": [0]}, "/tokens"),
        ({"tokens": [2] * 8193}, "/tokens"),
        ({"token": NOTE}, "/token"),
        ({"upload": "01a201be-3a8a-77b0-8326-52edaf13c62a"}, "/upload"),
        ({"features": "x"}, "/features"),
        ({"tokens": NOTE, "upload": "01a201be-3a8a-77b0-8326-52edaf13c62a"}, "/upload"),
        ({"tokens": NOTE, "model_version": "m@2"}, None),
        ({"tokens": NOTE, "external_id": "a\n"}, "/external_id"),
    ],
)
def test_what_is_no_piece_is_refused_where_it_is_wrong(acme, counts, fields, pointer):
    before = counts()
    document = problem(acme.post_json("generations", piece("wrong") | fields), 422, "invalid")
    assert document["errors"][0].get("pointer") == pointer
    assert counts() == before


def test_audio_needs_features_where_no_checkpoint_reads_sound(acme, world, counts):
    before = counts()
    document = problem(acme.post_generation("sung", wave()), 422, "invalid")
    assert "no registered checkpoint of" in document["detail"]
    upload = uploaded(world, wave(), "audio")
    problem(acme.post_json("generations", piece("sung", upload=upload)), 422, "invalid")
    assert counts() == before
    assert Upload.objects.get().status == Upload.Status.SEALED, "a refused one can be used again"


def test_audio_with_features_is_taken_and_listened_to(acme, world, store):
    body = piece(
        "sung",
        upload=uploaded(world, wave(), "audio"),
        features=uploaded(world, features_file()),
    )
    sent = acme.post_json("generations", body)
    assert sent.status_code == 201, sent.content
    assert (sent.json()["media_type"], sent.json()["attribution_status"]) == ("audio/wav", "queued")
    assert acme.post_json("generations", body).json() == sent.json()
    measured = acme.get(f"generations/{sent.json()['id']}").json()["measured"]
    measures = Asset.objects.get(sha256=sent.json()["sha256"]).measures
    assert measured == {k: v for k, v in measures.as_answer().items() if k != "seconds"}
    assert measured["n_channels"] == 1


def test_a_piece_that_stays_in_the_house_is_known_by_its_features(acme, world, store):
    body = piece("kept", features=uploaded(world, features_file()))
    sent = acme.post_json("generations", body)
    assert sent.status_code == 201, sent.content
    document = sent.json()
    said_of_a_file = ("sha256", "seconds", "media_type", "measured")
    assert [document[name] for name in said_of_a_file] == [None] * 4
    assert document["attribution_status"] == "queued"
    told = acme.get(f"generations/{document['id']}/features").json()
    kept = GenerationFeatures.objects.get()
    assert told["commitment_root"] == kept.root
    assert (told["standing"], told["segment_count"]) == ("unverified", 3)
    assert Path(kept.generation.arrival_run.feature_store.folder) == Path("theirs")
    again = acme.post_json("generations", body)
    assert (again.status_code, again.json()) == (200, document)


def test_features_may_follow_a_piece_and_are_never_replaced(acme, world, store):
    first = acme.post_json("generations", piece("followed", tokens=NOTE)).json()
    assert first["attribution_status"] == "waiting_for_features", "the store is not ours to query"
    address = f"generations/{first['id']}/features"
    problem(acme.get(address), 404, "not-found")
    body = {"upload": uploaded(world, features_file())}
    assert acme.post_json(address, body).status_code == 201
    assert acme.post_json(address, body).status_code == 200
    assert acme.get(f"generations/{first['id']}").json()["attribution_status"] == "queued"
    other = {"upload": uploaded(world, features_file(captured_at="another day"))}
    problem(acme.post_json(address, other), 409, "conflict")


def test_features_come_too_late_for_a_piece_that_ours_attribute(acme, world, features, store):
    sent = acme.post_json("generations", piece("early", tokens=NOTE)).json()
    assert sent["attribution_status"] == "queued"
    late = {"upload": uploaded(world, features_file())}
    document = problem(acme.post_json(f"generations/{sent['id']}/features", late), 409, "conflict")
    assert "we computed" in " ".join(document["detail"].split())


def rows(change) -> np.ndarray:
    values = np.random.default_rng(0).standard_normal((2, 3, K)).astype(np.float32)
    change(values)
    return values


def poison(value: float):
    def change(values: np.ndarray) -> None:
        values[1, 2, 3] = value

    return change


def stretch(factor: float):
    def change(values: np.ndarray) -> None:
        values[0, 1] *= factor

    return change


HOSTILE = {
    "NaN": (lambda: features_file(rows(poison(np.nan))), "not finite"),
    "infinite": (lambda: features_file(rows(poison(np.inf))), "not finite"),
    "beyond all bounds": (lambda: features_file(rows(poison(1e30))), "beyond"),
    "absurdly long": (lambda: features_file(rows(stretch(1e6))), "the length"),
    "nothing at all": (lambda: features_file(rows(stretch(0.0))), "the length"),
    "another store": (lambda: features_file(store="f" * 64), "no such sealed store"),
    "another configuration": (lambda: features_file(config="f" * 64), "config.json"),
    "another checkpoint": (
        lambda: features_file(fingerprints={"a": "1" * 64, "b": "3" * 64}),
        "'b' differs",
    ),
    "other members": (
        lambda: features_file(fingerprints={"a": "1" * 64, "c": "2" * 64}),
        "differs",
    ),
    "rows too short": (lambda: features_file(rows(lambda _: None)[:, :, :8]), "8 numbers"),
    "a member less": (
        lambda: features_file(rows(lambda _: None)[:1], fingerprints={"a": "1" * 64}),
        "differs",
    ),
    "cut off": (lambda: features_file()[:-1], "no whole safetensors"),
    "a byte changed": (lambda: features_file()[:-1] + b"\x01", "do not hash"),
    "no features": (lambda: b"MThd" * 100, "safetensors"),
    "a header of gigabytes": (lambda: b"\xff" * 200, "header"),
    "thousands of segments": (
        lambda: features_file(np.ones((2, 4097, K), np.float32)),
        "at most 4,096",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_features_that_cannot_be_the_pieces_are_refused(acme, world, store, counts, name):
    make, reason = HOSTILE[name]
    before = counts()
    body = piece("kept", features=uploaded(world, make()))
    document = problem(acme.post_json("generations", body), 422, "invalid")
    assert reason in document["detail"]
    assert document["errors"][0]["pointer"] == "/features"
    assert counts() == before
    assert not GenerationFeatures.objects.exists()


def test_another_platforms_upload_does_not_exist(acme, bolt, world, store):
    mine = uploaded(world, features_file())
    Upload.objects.update(tenant="organisation:999999")
    document = problem(acme.post_json("generations", piece("kept", features=mine)), 422, "invalid")
    assert "You have no upload" in document["detail"]


def test_many_pieces_are_taken_at_once(acme, world, features):
    lines = [piece(f"many-{number}", tokens=NOTE * (number + 1)) for number in range(3)]
    sent = acme.post_lines("generations/batch", lines)
    assert sent.status_code == 201, sent.content
    assert (sent.json()["new"], sent.json()["known"]) == (3, 0)
    assert [each["external_id"] for each in sent.json()["generations"]] == [
        line["external_id"] for line in lines
    ]
    assert Job.objects.count() == 1, "they share a run"
    again = acme.post_lines("generations/batch", [*lines, piece("many-3", tokens=NOTE)]).json()
    assert (again["new"], again["known"]) == (1, 3)


def test_with_a_fault_in_any_line_none_is_taken_and_each_fault_has_its_line(acme, counts):
    before = counts()
    lines = [
        piece("good", tokens=NOTE),
        "{",
        piece("bad", tokens=[999]),
        "",
        piece("none"),
        piece("good", tokens=NOTE * 2),
        piece("alien", tokens=NOTE, model_version="x@1"),
    ]
    document = problem(acme.post_lines("generations/batch", lines), 422, "invalid")
    assert [error["line"] for error in document["errors"]] == [2, 3, 5, 6, 7]
    assert document["errors"][1]["pointer"] == "/tokens/0"
    assert counts() == before


@pytest.mark.parametrize("lines", [[], ["", ""], [piece("x", tokens=NOTE)] * 101, ["x" * 70_000]])
def test_a_batch_of_none_or_of_too_many_is_refused(acme, counts, lines):
    before = counts()
    problem(acme.post_lines("generations/batch", lines), 422, "invalid")
    assert counts() == before


def test_pieces_are_found_by_model_and_by_time(acme, world):
    acme.post_json("generations", piece("late", tokens=NOTE, generated_at="2027-01-01T00:00:00Z"))
    found = acme.get("generations", generated_since="2026-12-01T00:00:00Z").json()["data"]
    assert [each["external_id"] for each in found] == ["late"]
    assert acme.get("generations", model_version="nobody@1").json()["data"] == []
    everything = acme.get("generations", model_version="m@1").json()["data"]
    assert len(everything) == Generation.objects.filter(platform=world.platform).count()
    problem(acme.get("generations", created_since="yesterday"), 400, "unknown-parameter")


def test_the_same_file_as_a_form_may_bring_features_too(acme, world, store):
    upload = uploaded(world, features_file())
    sent = acme.post_generation("both", SONGS[0].read_bytes(), features=upload)
    assert sent.status_code == 201, sent.content
    assert json.loads(sent.content)["media_type"] == "audio/midi"
    assert GenerationFeatures.objects.get().generation.external_id == "both"
