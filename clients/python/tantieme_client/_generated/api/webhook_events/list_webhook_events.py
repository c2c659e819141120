from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_event_list import PaginatedEventList
from ...types import UNSET, Unset
from typing import cast
import datetime


def list_webhook_events(
    *,
    limit: int | Unset = 100,
    since: datetime.datetime | Unset = UNSET,
    type_: str | Unset = UNSET,
) -> Call[PaginatedEventList]:
    """List events.

    What happened in the last 30 days, newest first, whether an endpoint listened or not.

    Args:
        limit (int | Unset):  Default: 100.
        since (datetime.datetime | Unset):
        type_ (str | Unset):

    """

    params: dict[str, Any] = {}

    params["limit"] = limit

    json_since: str | Unset = UNSET
    if not isinstance(since, Unset):
        json_since = since.isoformat()
    params["since"] = json_since

    params["type"] = type_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/webhook-events",
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedEventList:
    if response.status_code == 200:
        response_200 = PaginatedEventList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
