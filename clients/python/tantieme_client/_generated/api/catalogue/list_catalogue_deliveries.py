from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_catalogue_delivery_list import PaginatedCatalogueDeliveryList
from ...types import UNSET, Unset
from typing import cast


def list_catalogue_deliveries(
    *,
    limit: int | Unset = 100,
    status: str | Unset = UNSET,
) -> Call[PaginatedCatalogueDeliveryList]:
    """List deliveries.

    Your deliveries to the catalogue, newest first.

    Args:
        limit (int | Unset):  Default: 100.
        status (str | Unset):

    """

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["status"] = status

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/catalogue/deliveries",
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedCatalogueDeliveryList:
    if response.status_code == 200:
        response_200 = PaginatedCatalogueDeliveryList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
