from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.endpoint import Endpoint
from typing import cast
from uuid import UUID


def retrieve_webhook_endpoint(
    id: UUID,
) -> Call[Endpoint]:
    """Look at a webhook endpoint.

    How an endpoint is set up, and whether it takes what it is sent.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/webhook-endpoints/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Endpoint:
    if response.status_code == 200:
        response_200 = Endpoint.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
