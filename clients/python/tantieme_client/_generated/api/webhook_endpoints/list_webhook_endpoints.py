from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_endpoint_list import PaginatedEndpointList
from ...types import UNSET, Unset
from typing import cast


def list_webhook_endpoints(
    *,
    limit: int | Unset = 100,
) -> Call[PaginatedEndpointList]:
    """List webhook endpoints.

    The addresses that are told what happens, newest first.

    Args:
        limit (int | Unset):  Default: 100.

    """

    params: dict[str, Any] = {}

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/webhook-endpoints",
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedEndpointList:
    if response.status_code == 200:
        response_200 = PaginatedEndpointList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
