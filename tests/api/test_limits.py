"""Limits: a key is told how much is left to it, and to wait when there is nothing."""

import re
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import ApiKey, Scope
from accounts.services.keys import create_key, revoke_key
from common.api.buckets import Buckets, buckets, client_address
from common.api.limits import WRONG_KEYS
from common.api.rates import Rate, parse_rate
from tests.api.conftest import Caller, caller_for, problem

SLOW = Rate(3, 3000)  # nothing comes back while a test runs


@pytest.fixture
def store(settings, broker_url) -> str:
    settings.CACHE_URL = broker_url
    return broker_url


@pytest.fixture
def limited(world, store) -> Caller:
    """A key for three requests in fifty minutes."""
    issued = create_key(
        organisation=world.platform.organisation, name="l", scopes=[Scope.READ], rate=SLOW
    )
    return Caller(issued.text)


def left(response) -> int:
    match = re.fullmatch(r'"default";r=(\d+);t=(\d+)', response["RateLimit"])
    return int(match[1])


def test_every_answer_says_what_is_left_and_then_to_wait(limited):
    answers = [limited.get("key") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [left(answer) for answer in answers] == [2, 1, 0, 0]
    assert {answer["RateLimit-Policy"] for answer in answers} == {'"default";q=3;w=3000'}
    document = problem(answers[3], 429, "rate-limited")
    assert "more than 3 requests in 3000 seconds" in document["detail"]
    assert 990 <= int(answers[3]["Retry-After"]) <= 1000
    assert answers[0]["RateLimit"].endswith(";t=1000")


def test_what_is_refused_counts_too_and_says_what_is_left(limited):
    assert left(limited.post_json("usage", {})) == 2
    assert left(limited.get("generations", unknown="1")) == 1


def test_a_request_over_the_limit_does_nothing(world, store, counts):
    issued = create_key(
        organisation=world.platform.organisation, name="l", scopes=list(Scope), rate=SLOW
    )
    key, before = Caller(issued.text), counts()
    for _ in range(3):
        key.get("key")
    problem(key.post_generation("piece-1"), 429, "rate-limited")
    assert counts() == before


def test_each_key_has_its_own(limited, world):
    for _ in range(4):
        limited.get("key")
    assert caller_for(world.platform.organisation).get("key").status_code == 200


def test_without_a_rate_of_its_own_a_key_has_the_installations(acme, store, settings):
    settings.API_RATE = Rate(7, 70)
    assert acme.get("key")["RateLimit-Policy"] == '"default";q=7;w=70'


def test_a_key_that_ended_is_limited_too(limited):
    revoke_key(key=ApiKey.objects.get(), as_of=timezone.now())
    statuses = [limited.get("key").status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]


def test_many_wrong_keys_from_one_address_wait_and_right_ones_do_not(acme, store):
    address = f"2001:db8::{uuid4().hex[:4]}"
    wrong = Caller("tantieme_live_nonsense")

    def ask(caller: Caller):
        return caller.client.get("/api/v1/key", headers=caller.headers(), REMOTE_ADDR=address)

    statuses = [ask(wrong).status_code for _ in range(WRONG_KEYS.requests + 1)]
    assert statuses[:-1] == [401] * WRONG_KEYS.requests
    refused = ask(wrong)
    assert "with a wrong key came from here" in problem(refused, 429, "rate-limited")["detail"]
    assert int(refused["Retry-After"]) >= 1
    assert ask(acme).status_code == 200
    elsewhere = wrong.client.get("/api/v1/key", headers=wrong.headers(), REMOTE_ADDR="2001:db9::1")
    assert elsewhere.status_code == 401


def test_whoever_has_no_key_learns_of_no_limit(store, db):
    response = Caller("").get("key")
    assert not response.has_header("RateLimit")


def test_while_the_store_is_away_nobody_is_refused_and_it_is_logged(acme, settings, caplog):
    settings.CACHE_URL = "redis://127.0.0.1:1/0"
    for _ in range(3):
        response = acme.get("key")
        assert response.status_code == 200
        assert not response.has_header("RateLimit")
        assert response.has_header("RateLimit-Policy")
    warnings = [each for each in caplog.messages if "the store of limits is away" in each]
    assert len(warnings) == 1, "not one a request"


def test_tokens_come_back_evenly(store):
    """Twenty thousand a second come back faster than anybody can ask for them one by one."""
    bucket, name = buckets(store), uuid4().hex
    fast = Rate(20_000, 1)
    assert all(bucket.take(name, fast).is_allowed for _ in range(50))
    assert bucket.take(name, fast).full_in_microseconds < 50 * 50


def test_a_smaller_rate_holds_from_the_next_request(store):
    bucket, name = buckets(store), uuid4().hex
    for _ in range(10):
        assert bucket.take(name, Rate(10, 1000)).is_allowed
    taken = bucket.take(name, Rate(5, 10))
    assert not taken.is_allowed
    assert taken.wait_microseconds > 0


def test_two_processes_share_a_bucket(store):
    one, other, name = buckets(store), Buckets(client_address(store)), uuid4().hex
    assert [one.take(name, SLOW).remaining, other.take(name, SLOW).remaining] == [2, 1]


@pytest.mark.parametrize(
    "text", ["", "10", "10/s", "0/1s", "1/0s", "-1/1s", "1/1m", "1.5/1s", "٣/1s"]
)
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(ValueError, match="is no rate"):
        parse_rate(text)


def test_a_rate_is_read_as_it_is_written():
    assert str(parse_rate("600/60s")) == "600/60s"
