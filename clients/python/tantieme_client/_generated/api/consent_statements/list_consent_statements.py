from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_consent_statement_list import PaginatedConsentStatementList
from ...types import UNSET, Unset
from typing import cast
import datetime


def list_consent_statements(
    *,
    is_opt_out: bool | Unset = UNSET,
    limit: int | Unset = 100,
    on: datetime.date | Unset = UNSET,
    right: str | Unset = UNSET,
    track: str | Unset = UNSET,
    use: str | Unset = UNSET,
) -> Call[PaginatedConsentStatementList]:
    """List what is said about your tracks.

    For rights holders: all opt-ins and opt-outs for rights in which you have or had a part.

    Also those that ended. It is yours to publish: tracks are named by ISRC, ISWC and the hash
    of their file.

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
        "path": "/api/v1/consent-statements",
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedConsentStatementList:
    if response.status_code == 200:
        response_200 = PaginatedConsentStatementList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
