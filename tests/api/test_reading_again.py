"""What has not changed is not sent again, and a caller may ask for a few fields alone."""

import pytest

from common.api.conditional import etag_of
from tests.api.conftest import problem


def ask(caller, path, **headers):
    return caller.client.get(f"/api/v1/{path}", headers=caller.headers(**headers))


def test_a_document_that_has_not_changed_is_not_sent_again(acme, world):
    path = f"generations/{world.generations['G1'].pk}"
    first = ask(acme, path)
    again = ask(acme, path, If_None_Match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]


def test_a_list_that_has_grown_is_sent_again(acme, world):
    first = ask(acme, "generations")
    assert acme.post_generation("one-more").status_code == 201
    again = ask(acme, "generations", If_None_Match=first["ETag"])
    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]


def test_the_etag_is_that_of_the_document_as_a_change_of_it_would_be_held_against(acme):
    answer = ask(acme, "model-versions")
    assert answer["ETag"] == etag_of(answer.json())


@pytest.mark.parametrize("path", ["generations", "generations?unknown=1"])
def test_answers_are_for_one_key_alone_and_caches_ask_again(acme, path):
    answer = ask(acme, path)
    assert {"private", "no-cache"} <= set(answer["Cache-Control"].split(", "))
    assert "Authorization" in answer["Vary"]


def test_another_key_is_not_told_that_something_of_somebody_else_has_not_changed(acme, bolt, world):
    path = f"generations/{world.generations['G1'].pk}"
    own = ask(acme, path)
    problem(ask(bolt, path, If_None_Match=own["ETag"]), 404, "not-found")


def test_only_the_fields_that_are_asked_for_are_sent(acme, world):
    path = f"generations/{world.generations['G1'].pk}"
    assert list(ask(acme, f"{path}?fields=external_id").json()) == ["external_id"]
    page = acme.get("generations", fields="id,external_id", limit="2").json()
    assert {tuple(row) for row in page["data"]} == {("id", "external_id")}
    following = ask(acme, page["next"].partition("/api/v1/")[2]).json()
    assert {tuple(row) for row in following["data"]} == {("id", "external_id")}


@pytest.mark.parametrize("fields", ["", "id,", "ID", "id external_id", "asset.sha256"])
def test_a_field_that_there_is_not_is_refused(acme, fields):
    document = problem(acme.get("generations", fields=fields), 400, "unknown-parameter")
    assert document["errors"][0]["field"] == "fields"
    assert "external_id" in document["detail"]


def test_a_misspelt_field_is_refused_where_the_list_is_empty_too(acme):
    problem(acme.get("generations", external_id="none", fields="idd"), 400, "unknown-parameter")


def test_what_sends_has_no_fields_to_choose(acme):
    problem(
        acme.post_json("usage?fields=id", {}),
        400,
        "unknown-parameter",
    )
