from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_catalogue_delivery_row_list import PaginatedCatalogueDeliveryRowList
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID


def list_catalogue_delivery_rows(
    id: UUID,
    *,
    limit: int | Unset = 100,
    outcome: str | Unset = UNSET,
) -> Call[PaginatedCatalogueDeliveryRowList]:
    """List a delivery's rows.

    What became, or would become, of each row, the last one first.

    Args:
        id (UUID):
        limit (int | Unset):  Default: 100.
        outcome (str | Unset):

    """

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["outcome"] = outcome

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/catalogue/deliveries/{id}/rows".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedCatalogueDeliveryRowList:
    if response.status_code == 200:
        response_200 = PaginatedCatalogueDeliveryRowList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
