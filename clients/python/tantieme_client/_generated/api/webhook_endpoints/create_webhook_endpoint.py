from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.endpoint import Endpoint
from ...models.new_endpoint import NewEndpoint
from typing import cast


def create_webhook_endpoint(
    *,
    body: NewEndpoint,
) -> Call[Endpoint]:
    """Set up a webhook endpoint.

    Name an address that is to be told what happens. Read its secret at `/secret`.

    It must be reachable from the internet: a name that stands for an address of a private
    network is refused, now and at each sending.

    Args:
        body (NewEndpoint): An endpoint that is to be told what happens.

    """
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/webhook-endpoints",
    }
    _kwargs["json"] = body.to_dict()

    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Endpoint:
    if response.status_code == 201:
        response_201 = Endpoint.from_dict(response.json())

        return response_201

    raise ValueError(f"{response.status_code} is no answer that is known here.")
