from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_period_list import PaginatedPeriodList
from ...types import UNSET, Unset
from typing import cast
import datetime


def list_periods(
    *,
    from_: datetime.date | Unset = UNSET,
    limit: int | Unset = 100,
    service: str | Unset = UNSET,
    status: str | Unset = UNSET,
    until: datetime.date | Unset = UNSET,
) -> Call[PaginatedPeriodList]:
    """List periods.

    The periods of your contracts, newest first, with what came of each.

    Args:
        from_ (datetime.date | Unset):
        limit (int | Unset):  Default: 100.
        service (str | Unset):
        status (str | Unset):
        until (datetime.date | Unset):

    """

    params: dict[str, Any] = {}

    json_from_: str | Unset = UNSET
    if not isinstance(from_, Unset):
        json_from_ = from_.isoformat()
    params["from"] = json_from_

    params["limit"] = limit

    params["service"] = service

    params["status"] = status

    json_until: str | Unset = UNSET
    if not isinstance(until, Unset):
        json_until = until.isoformat()
    params["until"] = json_until

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/periods",
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedPeriodList:
    if response.status_code == 200:
        response_200 = PaginatedPeriodList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
