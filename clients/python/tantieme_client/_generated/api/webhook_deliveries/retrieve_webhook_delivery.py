from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.delivery import Delivery
from typing import cast
from uuid import UUID


def retrieve_webhook_delivery(
    id: UUID,
) -> Call[Delivery]:
    """Look at a delivery.

    One event for one endpoint, with every attempt and what was answered.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/webhook-deliveries/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Delivery:
    if response.status_code == 200:
        response_200 = Delivery.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
