from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.one_catalogue_delivery import OneCatalogueDelivery
from typing import cast
from uuid import UUID


def approve_catalogue_delivery(
    id: UUID,
) -> Call[OneCatalogueDelivery]:
    """Approve a delivery.

    Have a checked delivery written. Rows in quarantine wait until we have looked at them.

    One whose writing failed may be approved again, and goes on where it was.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/catalogue/deliveries/{id}/approve".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> OneCatalogueDelivery:
    if response.status_code == 202:
        response_202 = OneCatalogueDelivery.from_dict(response.json())

        return response_202

    raise ValueError(f"{response.status_code} is no answer that is known here.")
