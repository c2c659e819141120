from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.delivery import Delivery
from typing import cast
from uuid import UUID


def redeliver_webhook(
    id: UUID,
) -> Call[Delivery]:
    """Send a delivery again.

    Send an event to its endpoint once more, under its id, however it ended; with the same
    patience as the first time.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/webhook-deliveries/{id}/redeliver".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Delivery:
    if response.status_code == 200:
        response_200 = Delivery.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
