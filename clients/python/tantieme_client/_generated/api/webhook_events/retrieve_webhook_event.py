from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.event import Event
from typing import cast


def retrieve_webhook_event(
    id: str,
) -> Call[Event]:
    """Look at an event.

    What happened, by the id under which endpoints were told.

    Args:
        id (str):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/webhook-events/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Event:
    if response.status_code == 200:
        response_200 = Event.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
