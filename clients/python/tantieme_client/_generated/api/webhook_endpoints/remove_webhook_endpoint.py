from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from uuid import UUID


def remove_webhook_endpoint(
    id: UUID,
) -> Call[None]:
    """Remove a webhook endpoint.

    Take an endpoint out of use for ever. What waits for it is given up.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "DELETE",
        "path": "/api/v1/webhook-endpoints/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> None:
    return None
