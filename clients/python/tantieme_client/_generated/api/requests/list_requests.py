from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_request_list import PaginatedRequestList
from ...types import UNSET, Unset
from typing import cast
import datetime


def list_requests(
    *,
    key: str | Unset = UNSET,
    limit: int | Unset = 100,
    method: str | Unset = UNSET,
    path: str | Unset = UNSET,
    request_id: str | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    status: str | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
) -> Call[PaginatedRequestList]:
    """Search the log of requests.

    What your programs asked in the last thirty days, newest first, with any of your keys;
    also what was refused because a key of yours has ended or was used too often.

    Args:
        key (str | Unset):
        limit (int | Unset):  Default: 100.
        method (str | Unset):
        path (str | Unset):
        request_id (str | Unset):
        since (datetime.datetime | Unset):
        status (str | Unset):
        until (datetime.datetime | Unset):

    """

    params: dict[str, Any] = {}

    params["key"] = key

    params["limit"] = limit

    params["method"] = method

    params["path"] = path

    params["request_id"] = request_id

    json_since: str | Unset = UNSET
    if not isinstance(since, Unset):
        json_since = since.isoformat()
    params["since"] = json_since

    params["status"] = status

    json_until: str | Unset = UNSET
    if not isinstance(until, Unset):
        json_until = until.isoformat()
    params["until"] = json_until

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/requests",
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedRequestList:
    if response.status_code == 200:
        response_200 = PaginatedRequestList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
