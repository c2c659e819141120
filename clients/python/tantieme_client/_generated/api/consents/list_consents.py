from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_consent_list import PaginatedConsentList
from ...types import UNSET, Unset
from typing import cast
import datetime


def list_consents(
    *,
    is_opt_out: bool | Unset = UNSET,
    limit: int | Unset = 100,
    on: datetime.date | Unset = UNSET,
    right: str | Unset = UNSET,
    track: str | Unset = UNSET,
    use: str | Unset = UNSET,
) -> Call[PaginatedConsentList]:
    """List consents.

    Opt-ins and opt-outs for any model or one of yours; what ended has a `valid_until`.

    Args:
        is_opt_out (bool | Unset):
        limit (int | Unset):  Default: 100.
        on (datetime.date | Unset):
        right (str | Unset):
        track (str | Unset):
        use (str | Unset):

    """

    params: dict[str, Any] = {}

    params["is_opt_out"] = is_opt_out

    params["limit"] = limit

    json_on: str | Unset = UNSET
    if not isinstance(on, Unset):
        json_on = on.isoformat()
    params["on"] = json_on

    params["right"] = right

    params["track"] = track

    params["use"] = use

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/consents",
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedConsentList:
    if response.status_code == 200:
        response_200 = PaginatedConsentList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
