from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.attribution import Attribution
from typing import cast
from uuid import UUID


def retrieve_attribution(
    id: UUID,
) -> Call[Attribution]:
    """Read an attribution.

    What shaped a piece, as far as it can be told, or how far the work on that is.

    It answers 200 in any case: look at `status`, and at `job` while it is not `attributed`.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/generations/{id}/attribution".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Attribution:
    if response.status_code == 200:
        response_200 = Attribution.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
