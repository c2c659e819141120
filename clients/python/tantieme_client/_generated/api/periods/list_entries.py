from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_entry_list import PaginatedEntryList
from ...types import UNSET, Unset
from typing import cast


def list_entries(
    id: int,
    *,
    limit: int | Unset = 100,
) -> Call[PaginatedEntryList]:
    """List the entries of an account.

    Every entry that was booked in the period on accounts of your contract, newest first.

    Args:
        id (int):
        limit (int | Unset):  Default: 100.

    """

    params: dict[str, Any] = {}

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/periods/{id}/entries".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedEntryList:
    if response.status_code == 200:
        response_200 = PaginatedEntryList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
