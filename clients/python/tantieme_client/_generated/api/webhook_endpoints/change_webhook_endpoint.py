from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.endpoint import Endpoint
from ...models.patched_endpoint_change import PatchedEndpointChange
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID


def change_webhook_endpoint(
    id: UUID,
    *,
    body: PatchedEndpointChange | Unset = UNSET,
) -> Call[Endpoint]:
    """Change a webhook endpoint.

    Change what you send and leave the rest. Switched off, what waits is given up.

    Args:
        id (UUID):
        body (PatchedEndpointChange | Unset): What is to be changed; what is left out stays.

    """
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "PATCH",
        "path": "/api/v1/webhook-endpoints/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Endpoint:
    if response.status_code == 200:
        response_200 = Endpoint.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
