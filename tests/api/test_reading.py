"""What a platform reads back: its models, its pieces, what shaped them, and jobs; nobody else's."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attribution.models import Attribution, FeatureStore
from common.jobs.models import Job
from tests.api.conftest import Caller, problem
from tests.royalty.cast import AFTER, add_generation, attribute, attribution_run


def test_model_versions_say_what_to_send_and_what_they_were_trained_on(acme, world):
    (found,) = acme.get("model-versions").json()["data"]
    assert found["ref"] == "m@1"
    assert found["training_set"]["sha256"] == "d" * 64
    assert found["training_set"]["track_count"] == 3


def test_an_attribution_says_who_how_much_how_surely_and_how_it_was_measured(acme, world):
    document = attribution(acme, world, "G1")
    assert document["status"] == "attributed"
    shares = {share["track"]["ref"]: share["share_ppb"] for share in document["shares"]}
    assert shares == {"T1": 500_000_000, "T2": 333_333_333, "T3": 166_666_667}
    assert sum(shares.values()) + document["unattributed_ppb"] == 1_000_000_000
    assert document["shares"][0]["track"] == {"ref": "T1", "title": "Song T1", "work": "work:T1"}
    assert document["run"]["method"] == "ekfac"
    assert document["run"]["training_set_sha256"] == "d" * 64
    assert document["has_model_interval"] is False
    assert document["error"] is None


def attribution(caller, world, name):
    response = caller.get(f"generations/{world.generations[name].pk}/attribution")
    assert response.status_code == 200, response.content
    return response.json()


def test_evidence_names_the_segments_to_listen_to(acme, world):
    world.run.attributions.filter(generation=world.generations["G4"]).update(
        evidence=[[[0, 7, 3.5], [1, 2, 2.25]], []]
    )
    strongest = {"generation_segment": 0, "track_segment": 7, "score": 3.5}
    first, second = attribution(acme, world, "G4")["shares"]
    assert first["evidence"][0] == strongest
    assert len(first["evidence"]) == 2
    assert second["evidence"] == []


def test_of_two_finished_runs_the_later_one_is_told(acme, world):
    later = attribution_run(FeatureStore.objects.get(), AFTER + timedelta(hours=1))
    unfinished = attribution_run(FeatureStore.objects.get(), None)
    attribute(world, "G1", {"T2": 1_000_000_000}, later)
    attribute(world, "G1", {"T3": 1_000_000_000}, unfinished)
    document = attribution(acme, world, "G1")
    assert [share["track"]["ref"] for share in document["shares"]] == ["T2"]
    assert document["run"]["id"] == str(later.pk)


def test_a_vetoed_attribution_is_not_told_and_says_why(acme, world):
    objection = "One pattern explains 97% of the scores."
    store = FeatureStore.objects.get()
    later = attribution_run(store, AFTER + timedelta(hours=1), objections=[objection])
    attribute(world, "G1", {"T2": 1_000_000_000}, later)
    assert attribution(acme, world, "G1")["run"]["id"] != str(later.pk), "the sound one counts"
    Attribution.objects.exclude(run=later).delete()
    document = attribution(acme, world, "G1")
    assert (document["status"], document["shares"], document["run"]) == ("failed", None, None)
    assert document["error"] == f"Nobody is paid by what was measured. {objection}"


def test_a_piece_without_attribution_says_how_far_it_is(acme, world, features):
    piece = acme.post_generation("piece-1").json()
    job = Job.objects.get()

    def now() -> dict:
        return acme.get(f"generations/{piece['id']}/attribution").json()

    assert (now()["status"], now()["job"]["id"]) == ("queued", str(job.pk))
    assert now()["shares"] is now()["run"] is now()["unattributed_ppb"] is None
    Job.objects.update(status="running")
    assert now()["status"] == "running"
    Job.objects.update(status="failed", error="OSError: /secret/path")
    assert now()["status"] == "failed"
    assert "Send the piece again" in now()["error"]
    assert "secret" not in json.dumps(now())


def test_sending_a_piece_again_revives_a_job_that_failed(acme, features):
    acme.post_generation("piece-1")
    Job.objects.update(status="failed", attempt=3, error="OSError: disk")
    assert acme.post_generation("piece-1").json()["attribution_status"] == "queued"
    assert Job.objects.get().attempt == 0


def test_jobs_are_listed_by_status_and_kind_for_who_asked_for_them_alone(acme, bolt, features):
    acme.post_generation("piece-1")
    (job,) = acme.get("jobs", status="queued").json()["data"]
    assert acme.get("jobs", kind=job["kind"]).json()["data"] == [job]
    assert acme.get("jobs", kind="another").json()["data"] == []
    assert acme.get("jobs", status="failed").json()["data"] == []
    assert bolt.get("jobs").json()["data"] == []
    problem(acme.get("jobs", status="lost"), 400, "unknown-parameter")


def test_whether_the_api_answers_is_told_without_a_key(db):
    answer = Caller("").get("health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert answer.json()["installation"] == "live"
    assert answer["Cache-Control"] == "private, no-store"


def test_a_job_tells_its_owner_how_far_it_is_and_no_internals(acme, features):
    url = acme.post_generation("piece-1").json()["job"]
    path = url.removeprefix("http://testserver/api/v1/")
    Job.objects.update(status="failed", error="OSError: /secret/path", progress_done=1)
    document = acme.get(path).json()
    assert document["url"] == url
    assert (document["kind"], document["status"]) == ("attribution.attribute", "failed")
    assert document["progress"] == {"done": 1, "total": 0, "note": ""}
    assert "secret" not in json.dumps(document)


def test_what_is_another_platforms_is_not_found(acme, bolt, world, features):
    piece = acme.post_generation("piece-1").json()
    job = Job.objects.get()
    for path in (
        f"generations/{piece['id']}",
        f"generations/{piece['id']}/attribution",
        f"generations/{world.generations['G1'].pk}/attribution",
        f"jobs/{job.pk}",
    ):
        assert acme.get(path).status_code == 200
        problem(bolt.get(path), 404, "not-found")
    assert bolt.get("generations", external_id="piece-1").json()["data"] == []


def test_two_platforms_may_use_the_same_names(acme, bolt):
    ours = acme.get("generations", external_id="G1").json()["data"]
    theirs = bolt.get("generations", external_id="G1").json()["data"]
    assert len(ours) == len(theirs) == 1
    assert ours[0]["id"] != theirs[0]["id"]


@pytest.mark.parametrize(
    "name", ["x", "0", "0198a0a0-0000-7000-8000-000000000000", "G1", "../jobs", "%2e%2e"]
)
def test_an_id_that_is_none_is_not_found(acme, name):
    problem(acme.get(f"generations/{name}"), 404, "not-found")
    problem(acme.get(f"generations/{name}/attribution"), 404, "not-found")
    problem(acme.get(f"jobs/{name}"), 404, "not-found")


def walk(caller, url: str, link: str) -> list[str]:
    names = []
    while url:
        page = caller.client.get(url, headers=caller.headers()).json()
        names += [piece["external_id"] for piece in page["data"]]
        url = page[link]
    return names


def test_pages_show_everything_once_newest_first_while_pieces_arrive(acme, world):
    version = world.generations["G1"].model_version
    for number in range(7):
        add_generation(world, f"P{number}", version)
    page = acme.get("generations", limit="3").json()
    assert [piece["external_id"] for piece in page["data"]] == ["P6", "P5", "P4"]
    assert page["previous"] is None
    add_generation(world, "new", version)
    rest = walk(acme, page["next"], "next")
    assert rest == ["P3", "P2", "P1", "P0", "G4", "G3", "G2", "G1"]


def test_the_way_back_shows_what_is_newer(acme, world):
    first = acme.get("generations", limit="2").json()
    second = acme.client.get(first["next"], headers=acme.headers()).json()
    assert walk(acme, second["previous"], "previous") == ["G4", "G3"]
    assert second["next"] is None


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "", "1.5", "²", "9" * 50])
def test_a_limit_that_is_none_is_refused(acme, limit):
    document = problem(acme.get("generations", limit=limit), 400, "unknown-parameter")
    assert document["errors"][0]["field"] == "limit"


@pytest.mark.parametrize("cursor", ["x", "cD14", "cD0wMDAw", "bz05OTk5OTk5OTk5", "😀", "cD0A"])
def test_a_cursor_that_is_none_is_refused_or_empty(acme, cursor):
    response = acme.get("generations", cursor=cursor)
    assert response.status_code in {200, 404}
    if response.status_code == 404:
        assert problem(response, 404, "not-found")["errors"][0]["field"] == "cursor"


def test_a_misspelt_filter_is_refused_rather_than_ignored(acme):
    document = problem(acme.get("generations", externalid="G1"), 400, "unknown-parameter")
    assert "cursor, external_id, fields, generated_since" in document["detail"]


def test_a_filter_with_a_nul_is_refused(acme):
    problem(acme.get("generations", external_id="a\x00b"), 422, "invalid")


def test_many_pieces_take_no_more_queries_than_few(acme, world, django_assert_num_queries):
    version = world.generations["G1"].model_version
    for number in range(30):
        add_generation(world, f"P{number}", version)
    acme.get("generations", limit="2")  # notes the key's use, once a minute
    with CaptureQueriesContext(connection) as few:
        acme.get("generations", limit="2")
    with django_assert_num_queries(len(few)):
        assert len(acme.get("generations", limit="30").json()["data"]) == 30
