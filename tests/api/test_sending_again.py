"""Idempotency-Key: the same request again gets the same answer and does nothing again."""

import threading
import time

import pytest
from django.db import connection, connections, transaction

from attribution.models import Generation
from common.api.models import StoredResponse
from royalty.models import UsageEvent
from tests.api.conftest import SONGS, Caller, acme_world, caller_for, problem
from tests.royalty.cast import usage_line

KEY = {"Idempotency_Key": "0192f0c1-my-key"}
USE = usage_line(1, "U1", "G1", 3)


def test_the_answer_is_the_same_to_the_byte(acme, counts):
    first = acme.post_json("usage", USE, **KEY)
    before = counts()
    again = acme.post_json("usage", USE, **KEY)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert first.status_code == 201
    assert again["Idempotency-Replayed"] == "true"
    assert not first.has_header("Idempotency-Replayed")
    assert counts() == before


def test_a_form_is_the_same_whatever_its_boundary_and_keeps_its_headers(acme, counts):
    first = acme.post_generation("piece-1", headers=KEY)
    before = counts()
    again = acme.post_generation("piece-1", headers=KEY)
    assert (again.status_code, again.content) == (201, first.content)
    assert again["Location"] == first["Location"]
    assert again["Content-Type"] == first["Content-Type"] == "application/json"
    assert counts() == before


def test_another_spelling_of_the_same_object_is_the_same_request(acme):
    acme.post_json("usage", USE, **KEY)
    spelt = (
        "{\n"
        + ",\n".join(
            f'  "{name}": {value}' if isinstance(value, int) else f'  "{name}": "{value}"'
            for name, value in reversed(USE.items())
        )
        + "}"
    )
    assert acme.post_json("usage", spelt, **KEY)["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("change", [{"count": 4}, {"event_id": "other"}, {"subscriber": "U2"}])
def test_another_body_under_the_same_key_is_refused(acme, counts, change):
    acme.post_json("usage", USE, **KEY)
    before = counts()
    problem(acme.post_json("usage", USE | change, **KEY), 422, "idempotency-key-reused")
    assert counts() == before


def test_another_address_under_the_same_key_is_refused(acme, counts):
    acme.post_json("usage", USE, **KEY)
    before = counts()
    problem(acme.post_json("revenue", USE, **KEY), 422, "idempotency-key-reused")
    problem(acme.post_generation("piece-1", headers=KEY), 422, "idempotency-key-reused")
    assert counts() == before


def test_another_file_under_the_same_key_is_refused(acme):
    acme.post_generation("piece-1", headers=KEY)
    again = acme.post_generation("piece-1", SONGS[1].read_bytes(), headers=KEY)
    problem(again, 422, "idempotency-key-reused")


def test_an_error_stores_nothing_so_that_a_corrected_request_may_follow(acme, counts):
    before = counts()
    problem(acme.post_json("usage", USE | {"count": 0}, **KEY), 422, "invalid")
    assert counts() == before
    assert acme.post_json("usage", USE, **KEY).status_code == 201


def test_a_platforms_keys_are_its_own(acme, bolt):
    assert acme.post_json("usage", USE, **KEY).status_code == 201
    problem(bolt.post_json("usage", USE, **KEY), 422, "invalid")  # bolt has no contract
    assert StoredResponse.objects.get().tenant == f"organisation:{organisation(acme)}"


def organisation(caller: Caller) -> int:
    from accounts.models import ApiKey

    return ApiKey.objects.get(prefix=caller.key.rsplit("_", 1)[0]).organisation_id


@pytest.mark.parametrize("key", ["", " ", "two words", "ä", "x" * 256])
def test_a_key_that_is_none_is_refused(acme, counts, key):
    before = counts()
    problem(acme.post_json("usage", USE, Idempotency_Key=key), 400, "bad-request")
    assert counts() == before


def test_the_same_key_at_the_same_time_is_told_to_come_back(committed_db):
    """Two connections: the first has done its work and not yet committed."""
    with transaction.atomic():
        world = acme_world()
    acme = caller_for(world.platform.organisation)
    answers = {}
    holding, go_on = threading.Event(), threading.Event()

    def first() -> None:
        try:
            with transaction.atomic():  # stands for the time until the response is committed
                answers["first"] = Caller(acme.key).post_json("usage", USE, **KEY)
                holding.set()
                go_on.wait(10)
        finally:
            connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    assert holding.wait(10)
    started = time.monotonic()
    second = acme.post_json("usage", USE, **KEY)
    assert time.monotonic() - started < 5, "it does not wait for the first"
    problem(second, 409, "idempotency-in-flight")
    assert second["Retry-After"] == "1"
    go_on.set()
    thread.join()
    third = acme.post_json("usage", USE, **KEY)
    assert (third.status_code, third.content) == (201, answers["first"].content)
    assert UsageEvent.objects.count() == StoredResponse.objects.count() == 1


def test_of_many_at_the_same_time_one_does_it(committed_db):
    with transaction.atomic():
        world = acme_world()
    acme = caller_for(world.platform.organisation)
    barrier, statuses = threading.Barrier(6), []

    def send() -> None:
        barrier.wait()
        statuses.append(Caller(acme.key).post_generation("piece-1", headers=KEY).status_code)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 201 in statuses
    assert set(statuses) <= {201, 409}
    assert Generation.objects.filter(external_id="piece-1").count() == 1
    assert StoredResponse.objects.count() == 1


def test_without_a_key_names_still_protect(committed_db):
    with transaction.atomic():
        world = acme_world()
    acme = caller_for(world.platform.organisation)
    barrier, statuses = threading.Barrier(4), []

    def send() -> None:
        barrier.wait()
        statuses.append(Caller(acme.key).post_json("usage", USE).status_code)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 200, 200, 201]
    assert UsageEvent.objects.count() == 1
