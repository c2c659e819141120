"""Whatever goes wrong is a problem document of a known kind, and says nothing about our insides."""

import json

import pytest
from django.test import Client

from common.api import problems
from common.jobs.models import Job
from tests.api.conftest import Caller, problem


@pytest.mark.parametrize(
    "path",
    ["", "nothing", "generations/", "usage/", "generations/x/y", "schema/", "../admin", "\x00"],
)
def test_an_unknown_address_is_a_problem(acme, path):
    document = problem(acme.get(path), 404, "not-found")
    if path.endswith("s/"):
        assert "no slash" in document["detail"]


def test_nothing_under_api_answers_with_a_page(db):
    for path in ("/api/", "/api/v2/generations", "/api/problems/nothing", "/api"):
        response = Client().get(path)
        assert response.status_code == 404
        if path != "/api":
            problem(response, 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("delete", "generations", "GET, POST"),
        ("put", "usage", "POST"),
        ("get", "usage", "POST"),
        ("post", "contracts", "GET"),
        ("patch", "generations", "GET, POST"),
    ],
)
def test_a_method_that_is_not_taken_says_which_are(acme, method, path, allowed):
    response = getattr(acme.client, method)(f"/api/v1/{path}", headers=acme.headers())
    problem(response, 405, "method-not-allowed")
    assert set(allowed.split(", ")) <= set(response["Allow"].split(", "))


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", ""]
)
def test_another_kind_of_body_is_refused(acme, content_type):
    response = acme.send("usage", "{}", content_type or "nonsense")
    problem(response, 415, "unsupported-media-type")


def test_a_form_is_not_taken_where_events_are(acme):
    answer = acme.send("usage", b"--x--", "multipart/form-data; boundary=x")
    problem(answer, 415, "unsupported-media-type")


def test_an_address_that_is_too_long_is_a_problem_too(acme):
    problem(acme.get("generations", external_id="x" * 5000), 414, "address-too-long")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{", "not JSON"),
        ("nonsense", "not JSON"),
        ("[]", "one JSON object"),
        ("3", "one JSON object"),
        ('{"a": 1, "a": 2}', "twice"),
        ('{"a": NaN}', "no number"),
        ('{"a": -Infinity}', "no number"),
        (b'{"a": "\xff"}', "not UTF-8"),
        ('{"a": ' + "1" * 5000 + "}", "too long"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "nested too deep"),
        ("[" * 60_000, "nested too deep"),
    ],
    ids=lambda value: str(value)[:16],
)
def test_a_body_that_cannot_be_read_is_refused(acme, counts, body, words):
    before = counts()
    document = problem(acme.post_json("usage", body), 400, "unreadable-body")
    assert words in document["detail"]
    assert counts() == before


def test_a_large_object_is_refused(acme):
    problem(acme.post_json("usage", {"a": "x" * (64 << 10)}), 413, "too-large")


def test_a_body_that_states_too_many_bytes_is_refused_unread(acme):
    response = acme.client.generic(
        "POST",
        "/api/v1/usage",
        b"{}",
        content_type="application/x-ndjson",
        headers=acme.headers(),
        CONTENT_LENGTH=str(33 << 20),
    )
    assert "32 MiB" in problem(response, 413, "too-large")["detail"]


def test_a_body_of_unknown_length_is_refused(acme):
    response = acme.client.generic(
        "POST",
        "/api/v1/usage",
        b"{}",
        content_type="application/json",
        headers=acme.headers(Transfer_Encoding="chunked"),
        CONTENT_LENGTH="",
    )
    problem(response, 411, "length-required")


def test_a_compressed_body_is_refused(acme):
    response = acme.send("usage", b"\x1f\x8b", "application/json", Content_Encoding="gzip")
    problem(response, 415, "unsupported-media-type")


def test_a_form_that_was_cut_off_is_refused(acme, counts):
    before = counts()
    response = acme.send("generations", b"--x\r\nContent-Dis", "multipart/form-data; boundary=x")
    assert response.status_code in {400, 422}
    assert response["Content-Type"] == "application/problem+json"
    problem(acme.send("generations", b"x", "multipart/form-data"), 400, "unreadable-body")
    assert counts() == before


def test_a_form_with_thousands_of_fields_is_refused(acme):
    fields = {f"field-{number}": "x" for number in range(1200)}
    response = acme.client.post("/api/v1/generations", fields, headers=acme.headers())
    problem(response, 400, "bad-request")


def test_a_form_with_huge_fields_is_refused(acme):
    response = acme.post_generation("x" * 300_000)
    problem(response, 400, "bad-request")


def test_what_nobody_foresaw_tells_its_request_and_nothing_else(acme, features, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        Job.objects.create(kind="half written", tenant="system")
        raise RuntimeError("secret: /var/lib")

    monkeypatch.setattr("attribution.services.sending.welcome", fail)
    before = Job.objects.count()
    response = acme.post_generation("piece-1")
    problem(response, 500, "internal")
    assert b"secret" not in response.content
    assert Job.objects.count() == before


def test_a_host_that_is_not_ours_is_a_problem_too(acme):
    response = acme.client.get(
        "/api/v1/generations", headers={**acme.headers(), "Host": "evil.example"}
    )
    problem(response, 400, "bad-request")


def test_a_form_is_told_in_json_whatever_is_preferred(acme):
    response = acme.client.get(
        "/api/v1/generations/x", headers={**acme.headers(), "Accept": "text/html"}
    )
    problem(response, 404, "not-found")
    response = acme.client.get(
        "/api/v1/generations", headers={**acme.headers(), "Accept": "text/html"}
    )
    problem(response, 406, "not-acceptable")


def test_each_kind_has_a_page_that_says_what_to_do(db):
    index = Client().get("/api/problems").content.decode()
    for slug, kind in problems.KINDS.items():
        page = Client().get(f"/api/problems/{slug}")
        assert page.status_code == 200
        assert kind.title in page.content.decode().replace("&#x27;", "'")
        assert f'href="/api/problems/{slug}"' in index


def test_an_answer_names_the_request_as_the_caller_did(acme):
    response = acme.client.get(
        "/api/v1/nothing", headers={**acme.headers(), "X-Request-ID": "my-request-17"}
    )
    assert json.loads(response.content)["request_id"] == "my-request-17"


def test_the_csrf_check_is_not_in_the_way(acme):
    strict = Caller(acme.key, Client(enforce_csrf_checks=True))
    assert strict.post_generation("piece-1").status_code == 201
