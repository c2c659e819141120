from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_checkpoint_list import PaginatedCheckpointList
from ...types import UNSET, Unset
from typing import cast


def list_checkpoints(
    id: int,
    *,
    limit: int | Unset = 100,
) -> Call[PaginatedCheckpointList]:
    """List checkpoints.

    The weights of a model version that are registered.

    Args:
        id (int):
        limit (int | Unset):  Default: 100.

    """

    params: dict[str, Any] = {}

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/model-versions/{id}/checkpoints".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedCheckpointList:
    if response.status_code == 200:
        response_200 = PaginatedCheckpointList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
