from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_generation_list import PaginatedGenerationList
from ...types import UNSET, Unset
from typing import cast


def list_generations(
    *,
    external_id: str | Unset = UNSET,
    limit: int | Unset = 100,
) -> Call[PaginatedGenerationList]:
    """List generations.

    The pieces that you sent, newest first.

    Args:
        external_id (str | Unset):
        limit (int | Unset):  Default: 100.

    """

    params: dict[str, Any] = {}

    params["external_id"] = external_id

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/generations",
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedGenerationList:
    if response.status_code == 200:
        response_200 = PaginatedGenerationList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
