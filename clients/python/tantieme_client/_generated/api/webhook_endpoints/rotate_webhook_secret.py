from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.endpoint import Endpoint
from typing import cast
from uuid import UUID


def rotate_webhook_secret(
    id: UUID,
) -> Call[Endpoint]:
    """Rotate a webhook endpoint's secret.

    Give an endpoint a new secret, to be read at `/secret`. For 24 hours every request is
    signed with both.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/webhook-endpoints/{id}/secret/rotate".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Endpoint:
    if response.status_code == 200:
        response_200 = Endpoint.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
