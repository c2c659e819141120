from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.one_period import OnePeriod
from typing import cast


def retrieve_period(
    id: int,
) -> Call[OnePeriod]:
    """Look at a period.

    What you reported for a period, and what came of it.

    Args:
        id (int):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/periods/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> OnePeriod:
    if response.status_code == 200:
        response_200 = OnePeriod.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
