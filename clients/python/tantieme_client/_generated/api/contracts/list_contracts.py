from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_contract_list import PaginatedContractList
from ...types import UNSET, Unset
from typing import cast


def list_contracts(
    *,
    limit: int | Unset = 100,
    service: str | Unset = UNSET,
) -> Call[PaginatedContractList]:
    """List contracts.

    What was agreed with you, newest first: one contract a service at a time.

    Args:
        limit (int | Unset):  Default: 100.
        service (str | Unset):

    """

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["service"] = service

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/contracts",
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedContractList:
    if response.status_code == 200:
        response_200 = PaginatedContractList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
