from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.features import Features
from ...models.new_features import NewFeatures
from typing import cast
from uuid import UUID


def send_generation_features(
    id: UUID,
    *,
    body: NewFeatures,
) -> Call[Features]:
    """Send a generation's features.

    Send the features of a piece that was sent without them; its attribution begins.

    Features are never replaced, and are not taken of a piece that is attributed by features
    that we computed (409).

    Args:
        id (UUID):
        body (NewFeatures): Features of a piece that was sent before.

    """
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/generations/{id}/features".format(
            id=quote(str(id), safe=""),
        ),
    }
    _kwargs["json"] = body.to_dict()

    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Features:
    if response.status_code == 200:
        response_200 = Features.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = Features.from_dict(response.json())

        return response_201

    raise ValueError(f"{response.status_code} is no answer that is known here.")
