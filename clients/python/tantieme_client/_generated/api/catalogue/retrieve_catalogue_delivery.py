from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.one_catalogue_delivery import OneCatalogueDelivery
from typing import cast
from uuid import UUID


def retrieve_catalogue_delivery(
    id: UUID,
) -> Call[OneCatalogueDelivery]:
    """Look at a delivery.

    How far a delivery is, what becomes of how many rows, and the first that are at fault.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/catalogue/deliveries/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> OneCatalogueDelivery:
    if response.status_code == 200:
        response_200 = OneCatalogueDelivery.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
