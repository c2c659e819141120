from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_delivery_list import PaginatedDeliveryList
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID


def list_webhook_deliveries(
    id: UUID,
    *,
    limit: int | Unset = 100,
    state: str | Unset = UNSET,
) -> Call[PaginatedDeliveryList]:
    """List deliveries.

    What an endpoint was sent, each with all attempts, newest first.

    Args:
        id (UUID):
        limit (int | Unset):  Default: 100.
        state (str | Unset):

    """

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["state"] = state

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/webhook-endpoints/{id}/deliveries".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedDeliveryList:
    if response.status_code == 200:
        response_200 = PaginatedDeliveryList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
