"""The synchronous and the asynchronous client do the same, against the running server."""

import asyncio
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tantieme_client import AsyncTantieme, Tantieme, models, operations, problems
from tests.api.conftest import SONGS
from tests.client.conftest import Served
from tests.client.weather import weather_before

pytestmark = pytest.mark.slow
NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)
USE = {
    "service": "studio",
    "generation": "G1",
    "subscriber": "s-1",
    "used_at": "2026-10-05T12:00:00Z",
    "count": 1,
}


def use(name: str, **changes: object) -> dict[str, object]:
    return {**USE, "event_id": name, **changes}


def test_a_piece_is_sent_found_and_known_when_it_comes_again(client, tmp_path):
    song = tmp_path / "song.mid"
    song.write_bytes(SONGS[0].read_bytes())
    sent = client.generations.send(song, external_id="client-1", model_version="m@1")
    assert client.generations.find("client-1") == sent
    again = client.generations.send(song.read_bytes(), external_id="client-1", model_version="m@1")
    assert again.id == sent.id
    assert client.generations.find("nobody") is None
    with pytest.raises(problems.Conflict):
        client.generations.send(SONGS[1], external_id="client-1", model_version="m@1")


def test_what_shaped_a_piece_is_read_with_its_types(client):
    piece = client.generations.find("G1")
    assert piece is not None
    attribution = client.generations.wait_attributed(piece)
    assert attribution.shares is not None
    shares = {share.track.ref: share.share_ppb for share in attribution.shares}
    assert shares == {"T1": 500_000_000, "T2": 333_333_333, "T3": 166_666_667}
    assert attribution.generation == piece.id


def test_pieces_are_sent_as_tokens_one_by_one_or_together(client):
    tokens = [288, 41, 101, 189, 45, 101]
    alone = client.generations.send(tokens, external_id="tokens-0", model_version="m@1")
    assert alone.sha256
    pieces = [
        {
            "external_id": f"tokens-{n}",
            "model_version": "m@1",
            "tokens": tokens,
            "generated_at": NOW,
        }
        for n in range(3)
    ]
    (taken,) = client.generations.send_many(pieces)
    assert (taken.new, taken.known) == (2, 1)
    assert [piece.external_id for piece in taken.generations] == [
        "tokens-0",
        "tokens-1",
        "tokens-2",
    ]
    with pytest.raises(problems.Invalid) as caught:
        list(client.generations.send_many([*pieces, {**pieces[0], "tokens": [-1]}]))
    assert caught.value.errors[0].line == 4


def test_what_a_platform_sees_of_itself_and_its_money_is_read(client):
    assert client.key.retrieve().name == "client"
    asked = next(iter(client.requests.list(method="GET")))
    assert asked.path == "/api/v1/key"
    assert client.requests.retrieve(asked.request_id).status == 200
    (period,) = client.periods.list()
    assert client.periods.retrieve(period.id).status == period.status
    assert list(client.invoices.list()) == []


def test_a_model_is_registered_with_its_weights(client, tmp_path):
    header = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    weights = tmp_path / "weights.safetensors"
    weights.write_bytes(len(header).to_bytes(8, "little") + header + bytes(4))
    wanted = models.NewModelVersion(name="client", version="1")
    version = client.model_versions.register(body=wanted)
    sent = client.model_versions.send_checkpoint(version.id, weights, member="seed-0", step=10)
    assert list(client.model_versions.checkpoints(version.id)) == [sent]
    assert (sent.member, sent.step) == ("seed-0", 10)
    assert client.model_versions.retrieve(version.id).ref == "client@1"


def test_what_may_be_trained_on_is_looked_up(client):
    question = models.ConsentQuestion(tracks=["nowhere"], model_version="m@1")
    assert client.catalogue.check_consents(body=question).to_dict()
    assert list(client.catalogue.consents()) == []
    with pytest.raises(problems.NotFound):
        client.catalogue.track("nowhere")
    with pytest.raises(problems.NotFound):
        client.sandbox.clock()


def test_webhooks_are_set_up_and_taken_down(client):
    wanted = models.NewEndpoint(url="https://example.com/hooks")
    endpoint = client.webhooks.create(body=wanted)
    assert endpoint.id in {each.id for each in client.webhooks.list()}
    assert client.webhooks.secret(endpoint.id).secret.startswith("whsec_")
    assert client.webhooks.remove(endpoint.id) is None
    with pytest.raises(problems.NotFound):
        client.webhooks.retrieve(endpoint.id)


def test_events_are_objects_or_dictionaries_and_count_once(client):
    fee = models.Revenue.from_dict(
        {
            "event_id": "fee-1",
            "service": "studio",
            "kind": "subscription",
            "subscriber": "s-1",
            "amount": "9.99",
            "currency": "EUR",
            "earned_on": "2026-10-01",
        }
    )
    assert client.revenue.send(fee).new == 1
    assert client.revenue.send({**fee.to_dict(), "amount": Decimal("9.99")}).known == 1
    assert client.usage.send(use("one")).new == 1


def test_a_refused_line_is_counted_from_the_first_event(client, monkeypatch):
    monkeypatch.setattr("tantieme_client._sync.events.EVENTS", 3)
    events = [use(f"many-{number}") for number in range(7)]
    assert [taken.new for taken in client.usage.send_many(events)] == [3, 3, 1]
    events[5] = use("many-wrong", count=-1)
    with pytest.raises(problems.Invalid) as caught:
        list(client.usage.send_many(events))
    (place,) = caught.value.errors
    assert (place.line, place.field) == (6, "count")


def test_the_asynchronous_client_does_all_of_this(served: Served):
    async def integrate() -> tuple[int, str, list[str]]:
        async with AsyncTantieme(served.acme, served.url) as client:
            taken = [each.new async for each in client.usage.send_many([use("a"), use("b")])]
            piece = await client.generations.find("G2")
            assert piece is not None
            found = await client.generations.wait_attributed(piece)
            return (
                sum(taken),
                found.status,
                [each.ref async for each in client.model_versions.list(name="m")],
            )

    assert asyncio.run(integrate()) == (2, "attributed", ["m@1"])


def test_every_operation_is_there_without_a_method(client):
    piece = client.generations.find("G1")
    assert client.send(operations.retrieve_generation(piece.id)) == piece


def test_pages_are_followed_to_their_end(client):
    for number in range(4):
        client.generations.send(SONGS[2], external_id=f"page-{number}", model_version="m@1")
    together = [piece.id for piece in client.generations.list()]
    one_by_one = [piece.id for piece in client.generations.list(limit=2)]
    assert one_by_one == together
    assert len(together) == len(set(together)) >= 8


def test_it_asks_for_another_page_only_when_it_is_needed(served: Served):
    with weather_before(served.url) as weather, Tantieme(served.acme, weather.url) as client:
        assert next(iter(client.generations.list(limit=1)))
        assert len(weather.seen) == 1


def test_problems_are_exceptions_by_their_type(served: Served):
    with Tantieme(served.reader, served.url) as reader:
        with pytest.raises(problems.Forbidden) as caught:
            reader.usage.send(use("never"))
        assert caught.value.request_id in str(caught.value)
        with pytest.raises(problems.NotFound):
            reader.generations.retrieve("01a201be-3a8a-77b0-8326-52edaf13c62a")
        with pytest.raises(problems.TantiemeProblem, match="unknown"):
            list(reader.generations.list(limit=1000))
    cut_off = served.acme[:-1]
    with (
        pytest.raises(problems.InvalidKey, match="copied whole"),
        Tantieme(cut_off, served.url) as no,
    ):
        next(iter(no.generations.list()))


def test_where_an_event_is_wrong_is_told(client):
    with pytest.raises(problems.Invalid) as caught:
        client.usage.send(use("wrong", count=-1))
    (place,) = caught.value.errors
    assert place.pointer == "/count"
    assert caught.value.status == 422
