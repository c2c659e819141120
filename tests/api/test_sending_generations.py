"""A platform sends what its model generated."""

import uuid

import pytest

from attribution.models import AttributionRun, Generation
from catalog.models import Asset, ModelVersion
from common.jobs.models import Job
from tests.api.conftest import SONGS, problem


def test_a_piece_is_taken_in_and_found_again(acme, world):
    sent = acme.post_generation("piece-1")
    assert sent.status_code == 201, sent.content
    piece = sent.json()
    assert sent["Location"] == piece["url"] == f"http://testserver/api/v1/generations/{piece['id']}"
    assert piece["external_id"] == "piece-1"
    assert piece["model_version"] == "m@1"
    assert piece["seconds"] > 0
    assert acme.get(f"generations/{piece['id']}").json() == piece
    assert acme.get("generations", external_id="piece-1").json()["data"] == [piece]
    assert Generation.objects.get(pk=piece["id"]).platform == world.platform


def test_the_same_piece_again_is_the_one_already_there(acme, counts):
    first = acme.post_generation("piece-1")
    before = counts()
    again = acme.post_generation("piece-1")
    assert (again.status_code, again.json()) == (200, first.json())
    assert counts() == before


def test_another_piece_under_the_same_name_is_a_conflict(acme, counts):
    acme.post_generation("piece-1")
    before = counts()
    document = problem(acme.post_generation("piece-1", SONGS[1].read_bytes()), 409, "conflict")
    assert "'piece-1' is already known" in document["detail"]
    assert counts() == before


def test_a_model_version_is_named_by_its_id_too(acme):
    version = ModelVersion.objects.get()
    assert acme.post_generation("piece-1", model_version=str(version.pk)).status_code == 201


@pytest.mark.parametrize("ref", ["m@2", "m", "@", "99999999999999999999", "m@1@1", "²"])
def test_an_unknown_model_version_is_a_fault_of_its_field(acme, counts, ref):
    before = counts()
    document = problem(acme.post_generation("piece-1", model_version=ref), 422, "invalid")
    detail = f"You have no model version {ref!r}; write name@version, such as m@1."
    assert document["errors"] == [{"field": "model_version", "detail": detail}]
    assert counts() == before


def test_a_model_version_of_another_platform_is_unknown(acme, bolt):
    theirs = ModelVersion.objects.get(platform__code="bolt")
    problem(acme.post_generation("piece-1", model_version=str(theirs.pk)), 422, "invalid")


@pytest.mark.parametrize("missing", ["file", "external_id", "model_version", "generated_at"])
def test_every_field_is_needed(acme, counts, missing):
    before = counts()
    document = (
        problem(acme.post_generation("piece-1", **{missing: None}), 422, "invalid")
        if (missing != "external_id")
        else problem(acme.post_generation(None), 422, "invalid")
    )
    assert [error["field"] for error in document["errors"]] == [missing]
    assert counts() == before


@pytest.mark.parametrize("name", ["", "x" * 201, "a\x00b", "a\nb", "a\x1bb"])
def test_a_name_that_is_no_name_is_refused(acme, counts, name):
    before = counts()
    document = problem(acme.post_generation(name), 422, "invalid")
    assert document["errors"][0]["field"] == "external_id"
    assert counts() == before


@pytest.mark.parametrize("name", [" ", "a/b/", "../../etc/passwd", "π — 音楽", "<script>", "%00"])
def test_a_name_is_kept_as_it_is(acme, name):
    sent = acme.post_generation(name)
    assert sent.status_code == 201, sent.content
    assert sent.json()["external_id"] == name
    assert acme.get("generations", external_id=name).json()["data"][0]["id"] == sent.json()["id"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF\x00\x00\x00\x00WAVEfmt ",
        b"MThd",
        b"MThd\x00\x00\x00\x06\x00\x01\xff\xff\x00\x60",
        SONGS[0].read_bytes()[:200],
        b"MThd" + b"\xff" * 5000,
        b"%PDF-1.7",
    ],
    ids=["empty", "wave", "magic alone", "65535 tracks", "cut off", "noise", "pdf"],
)
def test_what_is_no_music_is_refused_and_leaves_nothing(acme, counts, content):
    before, assets = counts(), Asset.objects.count()
    document = problem(acme.post_generation("piece-1", content), 422, "invalid")
    assert [error["field"] for error in document["errors"]] == ["file"]
    assert (counts(), Asset.objects.count()) == (before, assets)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(acme, counts):
    before = counts()
    document = problem(acme.post_generation("piece-1", b"MThd" + bytes(5 << 20)), 413, "too-large")
    assert "4 MiB" in document["detail"]
    assert counts() == before


def test_a_moment_that_is_none_is_refused(acme):
    problem(acme.post_generation("piece-1", generated_at="yesterday"), 422, "invalid")


def test_before_there_are_features_a_piece_waits(acme):
    piece = acme.post_generation("piece-1").json()
    assert (piece["attribution_status"], piece["job"]) == ("waiting_for_features", None)
    assert not Job.objects.exists()


def test_with_features_a_piece_is_attributed_by_a_job_of_its_platform(acme, world, features):
    piece = acme.post_generation("piece-1").json()
    job = Job.objects.get()
    assert piece["attribution_status"] == "queued"
    assert piece["job"].endswith(f"/api/v1/jobs/{job.pk}")
    assert job.tenant == world.platform.organisation.tenant
    assert Generation.objects.get(pk=piece["id"]).arrival_run_id == uuid.UUID(job.payload["run"])


def test_a_burst_of_pieces_is_one_run(acme, features):
    before = AttributionRun.objects.count()
    jobs = {acme.post_generation(f"piece-{number}").json()["job"] for number in range(5)}
    assert len(jobs) == 1
    assert AttributionRun.objects.count() == before + 1
    assert AttributionRun.objects.get(config__open=True).arrivals.count() == 5
