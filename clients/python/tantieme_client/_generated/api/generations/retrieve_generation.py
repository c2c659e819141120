from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.generation import Generation
from typing import cast
from uuid import UUID


def retrieve_generation(
    id: UUID,
) -> Call[Generation]:
    """Look at a generation.

    A piece by our id for it. To find one by yours, list with `external_id`.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/generations/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Generation:
    if response.status_code == 200:
        response_200 = Generation.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
