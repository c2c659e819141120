"""What arrives is signed as Standard Webhooks says, so that its library tells true from forged."""

import json
from datetime import datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError, webhooks

from accounts.webhooks.models import Attempt, Delivery, Endpoint, Event
from accounts.webhooks.secrets import secret_of
from accounts.webhooks.services.endpoints import ping, rotate_secret
from tests.webhooks.conftest import KEY, LATER, NOW, answer, deliver, happen, secret

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """What the verifier's clock says; noon, until a test sets it."""

    class Clock(datetime):
        reads = NOW

        @classmethod
        def now(cls, tz=None):
            return cls.reads

    monkeypatch.setattr(webhooks, "datetime", Clock)
    return Clock


def verified(heard, endpoint: Endpoint) -> dict:
    return Webhook(secret(endpoint)).verify(heard.body, heard.headers)


def test_an_event_arrives_whole_and_verifies(acme, endpoint, receiver):
    happen(acme)
    assert deliver() == 1
    (heard,) = receiver.heard
    assert verified(heard, endpoint) == {
        "type": "key.expiring",
        "timestamp": "2026-11-22T12:00:00.123456Z",
        "data": KEY,
    }
    assert heard.headers["webhook-id"] == Event.objects.get().public_id
    assert heard.headers["content-type"] == "application/json"
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.response_excerpt, attempt.error) == (200, "thanks", "")
    assert Delivery.objects.get().state == "delivered"


def test_what_was_taken_is_not_sent_again(acme, endpoint, receiver):
    happen(acme)
    deliver()
    assert deliver(LATER) == 0
    assert len(receiver.heard) == 1


@pytest.mark.parametrize("forge", ["body", "webhook-id", "webhook-timestamp"])
def test_whatever_is_altered_is_refused(acme, endpoint, receiver, forge):
    happen(acme)
    deliver()
    (heard,) = receiver.heard
    if forge == "body":
        heard.body = heard.body.replace(b"prod", b"dorp")
    else:
        heard.headers[forge] = f"1{heard.headers[forge]}"
    with pytest.raises(WebhookVerificationError):
        verified(heard, endpoint)


def test_a_request_that_was_recorded_is_refused_later(acme, endpoint, receiver, clock):
    happen(acme)
    deliver()
    clock.reads = NOW + timedelta(minutes=6)
    with pytest.raises(WebhookVerificationError, match="too old"):
        verified(receiver.heard[0], endpoint)


def test_sent_again_it_has_its_id_and_a_signature_of_now(acme, endpoint, receiver, clock):
    receiver.answers = [answer(500)]
    happen(acme)
    deliver()
    clock.reads = NOW + timedelta(minutes=10)
    deliver(clock.reads)
    assert verified(receiver.heard[1], endpoint)["data"] == KEY
    first, second = receiver.heard
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert first.body == second.body


def test_for_a_day_both_secrets_sign_and_then_the_new_one_alone(acme, endpoint, receiver, clock):
    old = secret(endpoint)
    rotate_secret(endpoint, as_of=NOW)
    happen(acme)
    deliver()
    for text in (old, secret(endpoint)):
        assert Webhook(text).verify(receiver.heard[0].body, receiver.heard[0].headers)
    after = NOW + timedelta(hours=24)
    happen(acme, as_of=after)
    deliver(after)
    clock.reads = after
    assert verified(receiver.heard[1], endpoint)
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(old).verify(receiver.heard[1].body, receiver.heard[1].headers)


def test_no_two_endpoints_share_a_secret_and_none_lies_in_the_database(acme, endpoint, bolt):
    salt = bytes(Endpoint.objects.get(pk=endpoint.pk).salt)
    text = secret_of(salt)
    assert text.startswith("whsec_")
    rotate_secret(endpoint, as_of=NOW)
    assert secret(endpoint) != text
    row = json.dumps(list(Endpoint.objects.values()), default=lambda each: bytes(each).hex()
                     if isinstance(each, memoryview | bytes) else str(each))  # fmt: skip
    assert secret(endpoint).removeprefix("whsec_") not in row


def test_another_installation_derives_other_secrets(endpoint, settings):
    before = secret(endpoint)
    settings.SECRET_KEY = "another installation's key, as long as it must be " * 2
    assert secret(endpoint) != before


def test_a_test_event_goes_to_its_endpoint_alone(acme, endpoint, receiver):
    from accounts.webhooks.services.endpoints import create_endpoint

    create_endpoint(organisation=acme, url=f"{receiver.url}/other")
    ping(endpoint, as_of=NOW)
    assert deliver() == 1
    assert json.loads(receiver.heard[0].body)["type"] == "ping"
