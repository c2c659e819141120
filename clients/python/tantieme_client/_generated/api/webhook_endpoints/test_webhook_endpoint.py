from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.delivery import Delivery
from typing import cast
from uuid import UUID


def test_webhook_endpoint(
    id: UUID,
) -> Call[Delivery]:
    """Send a test event.

    Send a `ping` to this endpoint, whatever it listens to. Look at the delivery for what
    became of it.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/webhook-endpoints/{id}/test".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Delivery:
    if response.status_code == 201:
        response_201 = Delivery.from_dict(response.json())

        return response_201

    raise ValueError(f"{response.status_code} is no answer that is known here.")
