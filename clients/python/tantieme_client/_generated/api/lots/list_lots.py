from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_lot_list import PaginatedLotList
from ...types import UNSET, Unset
from typing import cast


def list_lots(
    *,
    limit: int | Unset = 100,
) -> Call[PaginatedLotList]:
    """List lots.

    By which lot pieces of each day are drawn: the hash of its secret, and later the secret.

    With it, draw again: we cannot have chosen whom to look at.

    Args:
        limit (int | Unset):  Default: 100.

    """

    params: dict[str, Any] = {}

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/lots",
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedLotList:
    if response.status_code == 200:
        response_200 = PaginatedLotList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
