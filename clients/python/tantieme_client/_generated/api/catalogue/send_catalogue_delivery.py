from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.new_catalogue_delivery import NewCatalogueDelivery
from ...models.one_catalogue_delivery import OneCatalogueDelivery
from typing import cast


def send_catalogue_delivery(
    *,
    body: NewCatalogueDelivery,
) -> Call[OneCatalogueDelivery]:
    """Deliver to the catalogue.

    Hand in a file about works and tracks that was uploaded for `catalogue` and completed.

    A job checks it and changes nothing: look at the answer's `url` until its `status` is
    `checked`, then approve it, or `refused`. The same bytes again are the delivery that is
    there (200).

    Args:
        body (NewCatalogueDelivery): A completed upload, and on what terms it is delivered.

    """
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/catalogue/deliveries",
    }
    _kwargs["json"] = body.to_dict()

    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> OneCatalogueDelivery:
    if response.status_code == 200:
        response_200 = OneCatalogueDelivery.from_dict(response.json())

        return response_200

    if response.status_code == 202:
        response_202 = OneCatalogueDelivery.from_dict(response.json())

        return response_202

    raise ValueError(f"{response.status_code} is no answer that is known here.")
