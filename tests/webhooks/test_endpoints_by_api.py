"""A platform's program sets endpoints up, sees what was sent to them, and has it sent again."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from jsonschema import Draft202012Validator
from standardwebhooks import Webhook

from accounts.models import Scope
from accounts.webhooks.catalogue import CATALOGUE
from accounts.webhooks.models import Delivery, Endpoint
from accounts.webhooks.services import endpoints
from tests.api.conftest import caller_for, problem
from tests.api.test_description import description, fits  # noqa: F401 a fixture
from tests.webhooks.conftest import KEY, LATER, NOW, answer, deliver, happen

pytestmark = pytest.mark.django_db
EVERYTHING = {"url": "https://hooks.example.com/x", "event_types": []}


@pytest.fixture
def caller(acme):
    return caller_for(acme, Scope.WEBHOOKS)


@pytest.fixture
def made(caller, receiver):
    response = caller.post_json("webhook-endpoints", {"url": receiver.url})
    assert response.status_code == 201, response.content
    return response.json()


def patch(caller, path, body, **headers):
    return caller.client.patch(
        f"/api/v1/{path}", json.dumps(body), "application/json", headers=caller.headers(**headers)
    )


def delete(caller, path):
    return caller.client.delete(f"/api/v1/{path}", headers=caller.headers())


def of(made) -> str:
    return f"webhook-endpoints/{made['id']}"


def test_from_setting_up_to_a_verified_test_event(caller, made, receiver):
    sent = caller.post_json(f"{of(made)}/test", "")
    assert sent.status_code == 201
    deliver(timezone.now())
    secret = caller.get(f"{of(made)}/secret").json()["secret"]
    (heard,) = receiver.heard
    said = Webhook(secret).verify(heard.body, heard.headers)
    assert said["type"] == "ping"
    seen = caller.client.get(sent["Location"], headers=caller.headers()).json()
    assert seen["state"] == "delivered"
    assert [each["status"] for each in seen["attempts"]] == [200]


def test_what_is_answered_fits_the_description(caller, made, acme, description):  # noqa: F811
    happen(acme)
    deliver()
    fits(description, made, "Endpoint")
    fits(description, caller.get("webhook-endpoints").json(), "PaginatedEndpointList")
    fits(description, caller.get(f"{of(made)}/secret").json(), "Secret")
    deliveries = caller.get(f"{of(made)}/deliveries").json()
    fits(description, deliveries, "PaginatedDeliveryList")
    events = caller.get("webhook-events").json()
    fits(description, events, "PaginatedEventList")
    (event,) = events["data"]
    assert caller.get(f"webhook-events/{event['id']}").json() == event
    assert event["data"] == KEY


def test_the_description_has_every_event_with_an_example_that_fits(description):  # noqa: F811
    assert set(description["webhooks"]) == set(CATALOGUE)
    for operation in description["webhooks"].values():
        content = operation["post"]["requestBody"]["content"]["application/json"]
        Draft202012Validator(
            content["schema"], format_checker=Draft202012Validator.FORMAT_CHECKER
        ).validate(content["example"])


def test_only_the_scope_webhooks_opens_them_even_to_read(acme, made):
    others = [each for each in Scope if each != Scope.WEBHOOKS]
    caller = caller_for(acme, *others)
    for path in ("webhook-endpoints", of(made), f"{of(made)}/secret", "webhook-events"):
        problem(caller.get(path), 403, "forbidden")
    problem(caller.post_json("webhook-endpoints", EVERYTHING), 403, "forbidden")


def test_other_peoples_endpoints_do_not_exist(acme, bolt, made):
    happen(acme)
    deliver()
    caller = caller_for(bolt)
    delivery, event = Delivery.objects.get(), Delivery.objects.get().event
    for path in ("", "/secret", "/deliveries"):
        problem(caller.get(f"{of(made)}{path}"), 404, "not-found")
    for path in ("/secret/rotate", "/test", "/replay"):
        body = {"since": "2026-01-01T00:00:00Z"} if path == "/replay" else ""
        problem(caller.post_json(f"{of(made)}{path}", body), 404, "not-found")
    problem(patch(caller, of(made), {"enabled": False}), 404, "not-found")
    problem(delete(caller, of(made)), 404, "not-found")
    problem(caller.get(f"webhook-deliveries/{delivery.pk}"), 404, "not-found")
    problem(caller.post_json(f"webhook-deliveries/{delivery.pk}/redeliver", ""), 404, "not-found")
    problem(caller.get(f"webhook-events/{event.public_id}"), 404, "not-found")
    assert caller.get("webhook-endpoints").json()["data"] == []
    assert caller.get("webhook-events").json()["data"] == []
    assert Endpoint.objects.get().is_enabled


@pytest.mark.parametrize(
    "name", ["evt_", "evt_x", "nothing", "evt_" + "g" * 32, "EVT_" + "0" * 32, "evt_" + "0" * 33]
)
def test_what_is_no_id_of_an_event_does_not_exist(caller, name):
    problem(caller.get(f"webhook-events/{name}"), 404, "not-found")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"url": "ftp://hooks.example.com"}, "/url"),
        ({"url": "http://10.0.0.1/"}, "/url"),
        ({"url": None}, "/url"),
        ({"url": 7}, "/url"),
        ({"event_types": ["period.opened"]}, "/event_types/0"),
        ({"event_types": "ping"}, "/event_types"),
        ({"description": "a\nb"}, "/description"),
        ({"description": "x" * 201}, "/description"),
        ({"secret": "whsec_mine"}, "/secret"),
        ({"enabled": True}, "/enabled"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(caller, receiver, change, pointer):
    body = {"url": receiver.url} | change
    document = problem(caller.post_json("webhook-endpoints", body), 422, "invalid")
    assert [each["pointer"] for each in document["errors"]] == [pointer]
    assert Endpoint.objects.count() == 0


def test_a_name_of_our_own_network_is_refused_in_words(caller, settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = ()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("socket.getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("10.1.2.3", 443))])
        body = {"url": "https://intranet.example.com/"}
        document = problem(caller.post_json("webhook-endpoints", body), 422, "invalid")
    assert "is at 10.1.2.3, which is no public address" in document["detail"]


def test_there_may_be_only_so_many(caller, receiver, monkeypatch):
    monkeypatch.setattr(endpoints, "MOST_ENDPOINTS", 2)
    for _ in range(2):
        assert caller.post_json("webhook-endpoints", {"url": receiver.url}).status_code == 201
    refused = caller.post_json("webhook-endpoints", {"url": receiver.url})
    problem(refused, 409, "too-many-webhook-endpoints")


def test_setting_up_again_under_a_key_is_one_endpoint_and_stores_no_secret(caller, receiver):
    from common.api.models import StoredResponse

    body = {"url": receiver.url}
    first = caller.post_json("webhook-endpoints", body, Idempotency_Key="once")
    again = caller.post_json("webhook-endpoints", body, Idempotency_Key="once")
    assert first.content == again.content
    caller.post_json(f"{of(first.json())}/secret/rotate", "", Idempotency_Key="twice")
    assert Endpoint.objects.count() == 1
    assert not any(b"whsec" in bytes(each.body) for each in StoredResponse.objects.all())


def test_an_endpoint_is_changed_by_what_is_sent_alone(caller, made):
    changed = patch(caller, of(made), {"description": "production", "event_types": ["ping"]})
    assert changed.status_code == 200, changed.content
    assert changed.json() == made | {"description": "production", "event_types": ["ping"]}
    assert patch(caller, of(made), {"event_types": []}).json()["event_types"] == []


def test_of_two_who_saw_the_same_version_one_changes_it(caller, made):
    tag = caller.get(of(made))["ETag"]
    assert patch(caller, of(made), {"description": "a"}, If_Match=tag).status_code == 200
    problem(patch(caller, of(made), {"description": "b"}, If_Match=tag), 412, "precondition-failed")


def test_switched_off_it_takes_nothing_and_says_why(caller, made, acme):
    off = patch(caller, of(made), {"enabled": False}).json()
    assert (off["enabled"], off["disabled_reason"]) == (False, "by_owner")
    problem(caller.post_json(f"{of(made)}/test", ""), 409, "webhook-endpoint-off")
    since = {"since": "2026-01-01T00:00:00Z"}
    problem(caller.post_json(f"{of(made)}/replay", since), 409, "webhook-endpoint-off")
    assert patch(caller, of(made), {"enabled": True}).json()["disabled_reason"] is None


def test_a_removed_endpoint_does_not_exist_any_more(caller, made):
    assert delete(caller, of(made)).status_code == 204
    problem(caller.get(of(made)), 404, "not-found")
    problem(delete(caller, of(made)), 404, "not-found")
    assert caller.get("webhook-endpoints").json()["data"] == []


def test_a_rotated_secret_says_until_when_the_last_one_signs(caller, made):
    before = caller.get(f"{of(made)}/secret").json()
    rotated = caller.post_json(f"{of(made)}/secret/rotate", "").json()
    after = caller.get(f"{of(made)}/secret").json()
    assert before["secret"] != after["secret"]
    assert after["previous_secret_until"] == rotated["previous_secret_until"]


def test_deliveries_are_found_by_state_and_sent_again(caller, made, acme, receiver):
    receiver.answers = [answer(503, b"down for maintenance")]
    happen(acme)
    deliver()
    happen(acme)
    (waiting,) = caller.get(f"{of(made)}/deliveries", state="waiting").json()["data"][1:]
    assert waiting["attempts"][0]["error"] == "It answered 503."
    assert waiting["attempts"][0]["response_excerpt"] == "down for maintenance"
    assert caller.get(f"{of(made)}/deliveries", state="failed").json()["data"] == []
    problem(caller.get(f"{of(made)}/deliveries", state="lost"), 400, "unknown-parameter")
    again = caller.post_json(f"webhook-deliveries/{waiting['id']}/redeliver", "")
    assert again.status_code == 200
    assert deliver(timezone.now() + timedelta(seconds=1)) == 2
    assert receiver.ids.count(receiver.ids[0]) == 2


def test_a_replay_tells_how_much_it_sends(caller, acme, receiver):
    happen(acme)
    happen(acme, as_of=NOW - timedelta(days=1))
    made = caller.post_json("webhook-endpoints", {"url": receiver.url}).json()
    path = f"{of(made)}/replay"
    assert caller.post_json(path, {"since": NOW.isoformat()}).json() == {"events": 1}
    document = problem(caller.post_json(path, {"since": "2026-11-01"}), 422, "invalid")
    assert document["errors"][0]["pointer"] == "/since"
    assert deliver(LATER + timedelta(days=365)) == 1


def test_events_are_found_by_type_and_moment(caller, acme):
    happen(acme)
    happen(acme, as_of=NOW - timedelta(days=1))
    assert len(caller.get("webhook-events", type="key.expiring").json()["data"]) == 2
    assert caller.get("webhook-events", type="ping").json()["data"] == []
    assert len(caller.get("webhook-events", since=NOW.isoformat()).json()["data"]) == 1
    problem(caller.get("webhook-events", type="period.opened"), 400, "unknown-parameter")
