from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.features import Features
from typing import cast
from uuid import UUID


def retrieve_generation_features(
    id: UUID,
) -> Call[Features]:
    """Look at a generation's features.

    The features that you sent of a piece, and what is known of them; 404 without any.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/generations/{id}/features".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Features:
    if response.status_code == 200:
        response_200 = Features.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
