"""Whether a webhook really comes from Tantieme, and what it says (standardwebhooks.com)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from tantieme_client.problems import TantiemeError

ID, SECRET = "webhook-id", "whsec_"


class NotGenuine(TantiemeError):
    """The signature is wrong, or the message is older or newer than five minutes: answer 400 and
    do nothing."""


@dataclass(frozen=True)
class Message:
    """An event. `id` is the same each time that it is delivered: drop what you have seen."""

    id: str
    type: str
    timestamp: datetime
    data: dict[str, Any]


def verify(payload: bytes | str, headers: Mapping[str, str], secret: str) -> Message:
    """Check a webhook before anything in it is believed.

    Args:
        payload: the request's body, unchanged.
        headers: the request's, by any spelling.
        secret: the endpoint's, which begins with `whsec_`.

    Raises:
        NotGenuine: it was not sent by Tantieme, was changed, or is replayed.
        ValueError: the secret is none.
    """
    if not secret.startswith(SECRET) or secret == SECRET:
        raise ValueError(f"This is no secret of an endpoint: they begin with {SECRET}.")
    webhook = Webhook(secret)
    named = {name.lower(): value for name, value in headers.items()}
    try:
        content = webhook.verify(payload, named)
        return Message(
            id=named[ID],
            type=content["type"],
            timestamp=datetime.fromisoformat(content["timestamp"]),
            data=content["data"],
        )
    except (WebhookVerificationError, ValueError, KeyError, TypeError) as error:
        raise NotGenuine(f"The webhook is not genuine: {error}") from error
