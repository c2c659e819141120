"""The log of requests: what was asked and answered, for whoever asked it, and nothing secret."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone

from accounts.key_text import KeyText
from accounts.models import ApiKey, Scope
from accounts.services.keys import create_key, revoke_key
from common.api.models import LoggedRequest, StoredResponse
from common.api.retention import forget_old_answers
from common.ids import least_id_at
from common.jobs import dispatch
from royalty.models import UsageEvent
from tests.api.conftest import Caller, acme_world, caller_for, problem
from tests.royalty.cast import usage_line

USE = usage_line(1, "U1", "G1", 3)


def latest() -> LoggedRequest:
    return LoggedRequest.objects.order_by("-pk")[0]


def search(caller: Caller, **filters: str) -> HttpResponse:
    return caller.client.get("/api/v1/requests", filters, headers=caller.headers())


def ids(caller: Caller, **filters: str) -> list[str]:
    response = search(caller, **filters)
    assert response.status_code == 200, response.content
    return [row["request_id"] for row in response.json()["data"]]


@pytest.fixture
def three(acme) -> list[str]:
    """A request that was taken, one that was refused and one that read; oldest first."""
    names = ["request-taken", "request-refused", "request-read"]
    acme.post_json("usage", USE, X_Request_ID=names[0])
    acme.post_json("usage", USE | {"count": -1}, X_Request_ID=names[1])
    acme.client.get("/api/v1/generations", headers=acme.headers(X_Request_ID=names[2]))
    return names


def test_a_request_leaves_a_line(acme):
    response = acme.post_json(
        "usage", USE, Idempotency_Key="k-1", User_Agent="loop/1", X_Request_ID="my-request-1"
    )
    (row,) = acme.get("requests", request_id="my-request-1").json()["data"]
    assert row.pop("milliseconds") >= 0
    assert row.pop("answered_at")
    assert row.pop("received_bytes") > 50
    assert row == {
        "request_id": response["X-Request-ID"],
        "key": acme.key.rpartition("_")[0],
        "method": "POST",
        "path": "/api/v1/usage",
        "status": 201,
        "problem": None,
        "detail": "",
        "idempotency_key": "k-1",
        "is_replay": False,
        "address": "127.0.0.1",
        "user_agent": "loop/1",
    }


def test_what_was_refused_says_why_as_it_was_answered(acme):
    response = acme.post_json("usage", USE | {"count": -1})
    said = acme.get(f"requests/{response['X-Request-ID']}").json()
    assert said["status"] == 422
    assert said["problem"] == response.json()["type"]
    assert said["detail"] == response.json()["detail"]


def test_an_answer_that_is_sent_again_is_marked(acme):
    for _ in range(2):
        acme.post_json("usage", USE, Idempotency_Key="k-1")
    assert latest().is_replay
    assert not LoggedRequest.objects.order_by("pk")[0].is_replay


def test_what_has_not_changed_is_logged_as_that(acme):
    etag = acme.get("generations")["ETag"]
    headers = acme.headers(If_None_Match=etag)
    assert acme.client.get("/api/v1/generations", headers=headers).status_code == 304
    assert latest().status == 304


def test_a_request_that_fails_on_our_side_is_there_and_what_it_did_is_not(
    acme, counts, monkeypatch
):
    before = counts()

    def fail(*_args: object, **_kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(dispatch.current_app, "send_task", fail)
    monkeypatch.setattr("common.api.idempotency._rendered", fail)
    problem(acme.post_json("usage", USE), 500, "internal")
    assert counts() == before
    assert (latest().status, latest().problem) == (500, "internal")


def test_where_the_line_cannot_be_written_nothing_is_done_and_the_answer_says_so(
    committed_db, monkeypatch
):
    with transaction.atomic():
        world = acme_world()
    acme = caller_for(world.platform.organisation)
    monkeypatch.setattr("common.api.log._length", lambda _request: 2**70)
    problem(acme.post_json("usage", USE), 500, "internal")
    assert not UsageEvent.objects.exists()
    monkeypatch.undo()
    assert acme.post_json("usage", USE).status_code == 201


def test_a_key_that_has_ended_leaves_a_line_for_its_owner(world, acme):
    ended = create_key(organisation=world.platform.organisation, name="e", scopes=[Scope.READ])
    revoke_key(key=ended.row, as_of=timezone.now())
    problem(Caller(ended.text).get("generations"), 401, "invalid-key")
    (row,) = acme.get("requests", key=ended.row.prefix).json()["data"]
    assert (row["status"], row["problem"]) == (401, "/api/problems/invalid-key")
    assert "was revoked" in row["detail"]


def test_a_key_used_from_elsewhere_leaves_a_line_with_the_address(world, acme):
    kept = create_key(
        organisation=world.platform.organisation,
        name="n",
        scopes=[Scope.READ],
        networks=["203.0.113.0/24"],
    )
    problem(Caller(kept.text).get("generations"), 403, "address-refused")
    (row,) = acme.get("requests", key=kept.row.prefix).json()["data"]
    assert (row["status"], row["address"]) == (403, "127.0.0.1")


def test_a_wrong_secret_writes_nothing_into_its_owners_log(acme):
    """Else whoever knows a prefix, which is no secret, could fill it."""
    _, environment, name, _ = acme.key.split("_")
    problem(
        Caller(str(KeyText(environment, name, "x" * 32))).get("generations"), 401, "invalid-key"
    )
    problem(Caller("").get("generations"), 401, "invalid-key")
    assert not LoggedRequest.objects.exists()


def test_neither_bodies_nor_queries_nor_secrets_are_kept(acme):
    acme.post_json("usage", USE | {"subscriber": "subscriber-4711"})
    acme.get("generations", external_id="piece-4711")
    secret = acme.key.rpartition("_")[2]
    for row in LoggedRequest.objects.values():
        text = str(list(row.values()))
        assert not any(each in text for each in ("4711", secret, "Bearer"))


def test_it_is_searched_by_id_status_method_path_and_key(acme, three):
    taken, refused, read = three
    assert ids(acme, path="/api/v1/usage") == [refused, taken]
    assert ids(acme, status="422") == [refused]
    assert ids(acme, status="4xx") == [refused]
    assert ids(acme, status="201", method="POST") == [taken]
    assert ids(acme, method="GET", path="/api/v1/gen") == [read]
    assert ids(acme, request_id=read) == [read]
    assert ids(acme, key="tantieme_live_another") == []
    assert ids(acme, path="/api/v1/usage", limit="1") == [refused]


def test_it_is_searched_by_time_from_a_moment_until_before_another(acme, three):
    moments = [row.answered_at for row in LoggedRequest.objects.order_by("pk")]
    later = (moments[-1] + timedelta(seconds=1)).isoformat()
    earlier = (moments[0] - timedelta(seconds=1)).isoformat()
    assert ids(acme, since=later) == []
    assert ids(acme, until=earlier) == []
    assert ids(acme, since=earlier, until=later, path="/api/v1/usage") == [three[1], three[0]]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "600x"),
        ("status", "4x"),
        ("status", "999"),
        ("status", ""),
        ("method", "get"),
        ("request_id", "short"),
        ("request_id", "with spaces in it"),
        ("path", ""),
        ("path", "x" * 501),
        ("since", "yesterday"),
        ("until", "2026-11-02T20:15:00"),
        ("statuses", "404"),
    ],
)
def test_a_filter_that_cannot_be_read_does_not_show_everything(acme, name, value):
    document = problem(search(acme, **{name: value}), 400, "unknown-parameter")
    assert document["errors"][0]["field"] == name


def test_an_id_that_came_twice_is_the_last_one(acme):
    acme.post_json("usage", USE, X_Request_ID="my-request-1")
    acme.post_json("usage", USE, X_Request_ID="my-request-1")
    assert acme.get("requests/my-request-1").json()["status"] == 200


def test_others_see_nothing_of_it(acme, bolt, three):
    assert ids(bolt) == []
    problem(bolt.get(f"requests/{three[0]}"), 404, "not-found")
    problem(acme.get("requests/never-was-there"), 404, "not-found")


def test_a_key_that_may_not_read_may_not_read_the_log(world):
    problem(caller_for(world.platform.organisation, Scope.INGEST).get("requests"), 403, "forbidden")


def test_hostile_headers_and_paths_are_kept_in_part(acme):
    response = acme.client.get(
        "/api/v1/requests/%00%ff" + "x" * 3000,
        headers=acme.headers(User_Agent="\u00e9" * 5000, Idempotency_Key="k" * 255),
    )
    problem(response, 404, "not-found")
    row = latest()
    assert (len(row.path), len(row.user_agent), len(row.idempotency_key)) == (500, 200, 255)


def test_a_length_that_lies_is_no_reason_to_fail(acme):
    headers = acme.headers() | {"Content-Length": "9" * 40}
    response = acme.client.get("/api/v1/generations", headers=headers)
    assert response.status_code < 500
    assert latest().received_bytes in (0, 2**63 - 1, int("9" * 18), int("9" * 20))


def test_after_thirty_days_lines_and_stored_answers_are_forgotten(acme, monkeypatch):
    acme.post_json("usage", USE, Idempotency_Key="k-1")
    now = timezone.now()
    old = least_id_at(now - timedelta(days=31))
    LoggedRequest.objects.update(id=old)
    StoredResponse.objects.update(created_at=now - timedelta(days=31))
    acme.post_json("usage", USE, Idempotency_Key="k-2")
    monkeypatch.setattr("common.api.retention.BATCH", 1)
    assert forget_old_answers(as_of=now) == 2
    assert [row.key for row in StoredResponse.objects.all()] == ["k-2"]
    assert LoggedRequest.objects.count() == 1
    assert forget_old_answers(as_of=now) == 0
    again = acme.post_json("usage", USE, Idempotency_Key="k-1")
    assert again.json()["known"] == 1, "its name still protects it"


def test_the_last_use_says_from_where(acme):
    acme.get("key")
    assert ApiKey.objects.get().last_used_from == "127.0.0.1"
    assert acme.get("key").json()["last_used_from"] == "127.0.0.1"
