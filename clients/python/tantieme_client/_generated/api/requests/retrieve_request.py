from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.request import Request
from typing import cast


def retrieve_request(
    request_id: str,
) -> Call[Request]:
    """Look up a request.

    The request with this id; the last one, if you sent an id of yours more than once.

    Args:
        request_id (str):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/requests/{request_id}".format(
            request_id=quote(str(request_id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Request:
    if response.status_code == 200:
        response_200 = Request.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
