from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.verification import Verification
from typing import cast
from uuid import UUID


def retrieve_verification(
    id: UUID,
) -> Call[Verification]:
    """See how features were verified.

    What is known of the features that you sent of a piece; 404 where you sent none.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/generations/{id}/verification".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Verification:
    if response.status_code == 200:
        response_200 = Verification.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
