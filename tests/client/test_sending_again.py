"""The client sends again what may have been lost, and it has one effect."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from tantieme_client import AsyncTantieme, Retries, Tantieme, problems
from tantieme_client.calls import Call
from tests.api.conftest import SONGS
from tests.client.conftest import Served
from tests.client.test_both_clients import use
from tests.client.weather import Cut, Instead, Weather, weather_before

pytestmark = pytest.mark.slow
QUICK = Retries(first_seconds=0.01, longest_seconds=0.02)
IN_FLIGHT = Instead(409, "idempotency-in-flight", {"Retry-After": "0"})


@pytest.fixture
def weather(served: Served) -> Iterator[Weather]:
    with weather_before(served.url) as weather:
        yield weather


@pytest.fixture
def client(served: Served, weather: Weather) -> Iterator[Tantieme]:
    with Tantieme(served.acme, weather.url, retries=QUICK) as opened:
        yield opened


@pytest.fixture
def waits(monkeypatch) -> list[float]:
    """How long the client would have slept."""
    seconds: list[float] = []
    monkeypatch.setattr("tantieme_client._sync.client.sleep", seconds.append)
    return seconds


def test_what_was_counted_before_the_connection_broke_is_not_counted_again(served, client, weather):
    weather.coming[:] = [Cut(), Cut()]
    taken = client.usage.send(use("cut"))
    assert taken.new == 1, "the answer to the first of three attempts, stored and sent again"
    assert served.count("royalty_usageevent", "event_id = 'cut'") == 1
    paths, keys = zip(*weather.seen, strict=True)
    assert [path.partition("?")[0] for path in paths] == ["/api/v1/usage"] * 3
    assert len(set(keys)) == 1
    assert None not in keys


def test_each_request_has_a_key_of_its_own(client, weather):
    client.usage.send(use("own-1"))
    client.usage.send(use("own-2"))
    assert len({key for _, key in weather.seen}) == 2


def test_a_piece_whose_answer_was_lost_is_there_once(served, client, weather):
    weather.coming[:] = [Cut()]
    sent = client.generations.send(SONGS[3], external_id="lost", model_version="m@1")
    assert served.count("attribution_generation", "external_id = 'lost'") == 1
    assert client.generations.find("lost").id == sent.id


def test_the_asynchronous_client_sends_again_too(served, weather):
    async def send() -> int:
        async with AsyncTantieme(served.acme, weather.url, retries=QUICK) as client:
            return (await client.usage.send(use("async-cut"))).new

    weather.coming[:] = [Cut(), Instead(503), IN_FLIGHT]
    assert asyncio.run(send()) == 1
    assert served.count("royalty_usageevent", "event_id = 'async-cut'") == 1


@pytest.mark.parametrize(
    "passing", [Instead(502), Instead(500, "internal"), IN_FLIGHT, Instead(429, "rate-limited")]
)
def test_what_will_pass_is_waited_for(client, weather, passing):
    weather.coming[:] = [passing]
    assert client.key.retrieve().name == "client"
    assert len(weather.seen) == 2


def test_it_does_not_come_back_before_it_was_told_to(client, weather, waits):
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30))
    weather.coming[:] = [
        Instead(429, "rate-limited", {"Retry-After": "7"}),
        Instead(503, "internal", {"Retry-After": later}),
    ]
    list(client.model_versions.list())
    assert 7 <= waits[0] <= 7.1
    assert 28 < waits[1] <= 30.1


def test_a_wait_of_hours_is_the_callers_to_decide(client, weather, waits):
    weather.coming[:] = [Instead(429, "rate-limited", {"Retry-After": "7200"})]
    with pytest.raises(problems.RateLimited) as caught:
        list(client.model_versions.list())
    assert caught.value.retry_after_seconds == 7200
    assert not waits


@pytest.mark.parametrize("final", [Instead(409, "conflict"), Instead(422, "invalid"), Instead(404)])
def test_what_will_not_pass_is_told_at_once(client, weather, final):
    weather.coming[:] = [final]
    with pytest.raises(problems.TantiemeError):
        client.usage.send(use("never"))
    assert len(weather.seen) == 1


def test_waits_grow_and_patience_ends(client, weather, waits):
    weather.coming[:] = [Instead(502)] * 9
    with pytest.raises(problems.UnexpectedAnswer, match=r"502 .*Bad gateway"):
        client.usage.send(use("never"))
    assert len(weather.seen) == 1 + QUICK.most
    assert all(0 <= wait <= QUICK.longest_seconds for wait in waits)


def test_waits_are_drawn_from_zero_to_a_bound_that_doubles():
    retries, gone = Retries(first_seconds=1, longest_seconds=8), problems.ConnectionLost("gone")
    for attempt, bound in enumerate([1, 2, 4, 8, 8, 8]):
        drawn = [retries.wait_seconds(attempt, gone) for _ in range(300)]
        assert max(drawn) <= bound
        assert min(drawn) < bound / 10 < bound * 9 / 10 < max(drawn)


def test_nobody_there_is_told_in_a_sentence():
    with (
        Tantieme(KEY, "http://127.0.0.1:9", retries=Retries(most=0)) as client,
        pytest.raises(problems.ConnectionLost, match=r"GET /api/v1/jobs got no answer: .*refused"),
    ):
        list(client.jobs.list())


KEY = "tantieme_live_abcdefghijkl_" + "s" * 38


def test_the_key_is_in_no_log_and_no_text(served, client, caplog, capfd):
    caplog.set_level("DEBUG")
    client.usage.send(use("logged"))
    with pytest.raises(problems.Invalid) as caught:
        client.usage.send(use("logged", count=-1))
    secret = served.acme.rpartition("_")[2]
    said = [caplog.text, *capfd.readouterr(), repr(client), str(client._access), repr(caught.value)]
    assert caplog.text, "the HTTP library does log at this level"
    assert not [text for text in said if secret in text]


def test_the_key_goes_to_no_other_host_and_after_no_redirect():
    hosts = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append((request.url.host, request.url.path, "Authorization" in request.headers))
        if request.url.path == "/api/v1/elsewhere":
            return httpx.Response(307, headers={"Location": "https://evil.example/"})
        page = {"data": [], "previous": None, "next": "https://evil.example/api/v1/jobs?cursor=c"}
        return httpx.Response(200, json=page if len(hosts) == 1 else {**page, "next": None})

    with Tantieme(KEY, "https://mine.example", transport=httpx.MockTransport(answer)) as client:
        assert list(client.jobs.list()) == []
        with pytest.raises(problems.UnexpectedAnswer, match="307"):
            client.send(Call("GET", "/api/v1/elsewhere", parse=lambda response: None))
    assert {host for host, _, _ in hosts} == {"mine.example"}


def test_the_address_follows_from_the_kind_of_key(monkeypatch):
    monkeypatch.setenv("TANTIEME_SANDBOX_URL", "https://sandbox.example/")
    monkeypatch.delenv("TANTIEME_URL", raising=False)
    sandbox = KEY.replace("live", "test")
    assert str(Tantieme(sandbox)._access).endswith("_... at https://sandbox.example")
    assert "at http://127.0.0.1:8000" in repr(Tantieme(KEY))
    monkeypatch.setenv("TANTIEME_API_KEY", sandbox)
    assert "at https://sandbox.example" in repr(AsyncTantieme())


@pytest.mark.parametrize("wrong", ["", "sk_live_123", "tantieme_live_\nx", "tantieme_live_é"])
def test_what_is_no_key_is_refused_before_anything_is_sent(monkeypatch, wrong):
    monkeypatch.delenv("TANTIEME_API_KEY", raising=False)
    with pytest.raises(ValueError, match="no key") as caught:
        Tantieme(wrong)
    assert not wrong or wrong not in str(caught.value)
