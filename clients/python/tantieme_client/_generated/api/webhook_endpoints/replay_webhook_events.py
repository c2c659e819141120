from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.replay import Replay
from ...models.replayed import Replayed
from typing import cast
from uuid import UUID


def replay_webhook_events(
    id: UUID,
    *,
    body: Replay,
) -> Call[Replayed]:
    """Replay events.

    Send everything since a moment that the endpoint listens to and did not take: what
    failed, and what happened before it was there or while it was switched off.

    Args:
        id (UUID):
        body (Replay): From when on events are to be sent once more.

    """
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/webhook-endpoints/{id}/replay".format(
            id=quote(str(id), safe=""),
        ),
    }
    _kwargs["json"] = body.to_dict()

    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Replayed:
    if response.status_code == 200:
        response_200 = Replayed.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
