from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.challenge import Challenge
from typing import cast
from uuid import UUID


def retrieve_challenge(
    id: UUID,
) -> Call[Challenge]:
    """Look at a challenge.

    Which segments to open, until when, and what came of it.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/challenges/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Challenge:
    if response.status_code == 200:
        response_200 = Challenge.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
