from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_exclusion_list import PaginatedExclusionList
from ...types import UNSET, Unset
from typing import cast


def list_training_set_exclusions(
    id: int,
    *,
    limit: int | Unset = 100,
) -> Call[PaginatedExclusionList]:
    """List what was left out.

    The tracks that were asked for and may not be used, with a row for each reason.

    Args:
        id (int):
        limit (int | Unset):  Default: 100.

    """

    params: dict[str, Any] = {}

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/model-versions/{id}/training-set/exclusions".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedExclusionList:
    if response.status_code == 200:
        response_200 = PaginatedExclusionList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
