"""A webhook is believed only if it was signed with the endpoint's secret, and just now."""

import base64
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from tantieme_client import webhooks

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes ...").decode()
OTHER = "whsec_" + base64.b64encode(b"another one of thirty-two bytes.").decode()
PAYLOAD = json.dumps(
    {
        "type": "generation.attributed",
        "timestamp": "2026-11-02T20:15:00Z",
        "data": {"generation": "01a201be-3a8a-77b0-8326-52edaf13c62a"},
    }
)


def headers(*secrets: str, payload: str = PAYLOAD, seconds_ago: float = 0) -> dict[str, str]:
    sent_at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    signatures = [Webhook(secret).sign("evt_1", sent_at, payload) for secret in secrets]
    return {
        "Webhook-Id": "evt_1",
        "Webhook-Timestamp": str(int(sent_at.timestamp())),
        "Webhook-Signature": " ".join(signatures),
    }


def test_a_genuine_message_is_read():
    message = webhooks.verify(PAYLOAD.encode(), headers(SECRET), SECRET)
    assert (message.id, message.type) == ("evt_1", "generation.attributed")
    assert message.data == {"generation": "01a201be-3a8a-77b0-8326-52edaf13c62a"}
    assert message.timestamp == datetime(2026, 11, 2, 20, 15, tzinfo=UTC)


def test_while_a_secret_is_changed_both_are_good():
    both = headers(OTHER, SECRET)
    assert webhooks.verify(PAYLOAD, both, SECRET) == webhooks.verify(PAYLOAD, both, OTHER)


def test_a_changed_message_is_not_genuine():
    with pytest.raises(webhooks.NotGenuine):
        webhooks.verify(PAYLOAD.replace("01a2", "01a3"), headers(SECRET), SECRET)


@pytest.mark.parametrize("seconds_ago", [3600, -3600])
def test_a_message_of_another_time_is_not_genuine(seconds_ago):
    with pytest.raises(webhooks.NotGenuine, match=r"too (old|new)"):
        webhooks.verify(PAYLOAD, headers(SECRET, seconds_ago=seconds_ago), SECRET)


def test_a_new_moment_on_an_old_signature_is_not_genuine():
    replayed = headers(SECRET, seconds_ago=3600) | {"Webhook-Timestamp": str(int(time.time()))}
    with pytest.raises(webhooks.NotGenuine):
        webhooks.verify(PAYLOAD, replayed, SECRET)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"Webhook-Id": "evt_1"},
        {**headers(OTHER)},
        {**headers(SECRET), "Webhook-Id": "evt_2"},
        {**headers(SECRET), "Webhook-Timestamp": "now"},
        {**headers(SECRET), "Webhook-Signature": "v1,not base64!"},
        {**headers(SECRET), "Webhook-Signature": ""},
        {**headers(SECRET), "Webhook-Signature": "v1"},
    ],
)
def test_anything_else_is_not_genuine(wrong):
    with pytest.raises(webhooks.NotGenuine):
        webhooks.verify(PAYLOAD, wrong, SECRET)


@pytest.mark.parametrize("payload", ["[]", "{}", '{"type": 1}', "no json", '"text"'])
def test_a_signed_message_that_says_nothing_is_not_genuine(payload):
    with pytest.raises(webhooks.NotGenuine):
        webhooks.verify(payload, headers(SECRET, payload=payload), SECRET)


def test_a_secret_that_is_none_is_a_fault_of_the_receiver():
    with pytest.raises(ValueError, match="secret"):
        webhooks.verify(PAYLOAD, headers(SECRET), "")
