from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_frozen_member_list import PaginatedFrozenMemberList
from ...types import UNSET, Unset
from typing import cast


def list_training_set_members(
    id: int,
    *,
    limit: int | Unset = 100,
) -> Call[PaginatedFrozenMemberList]:
    """List a training set's members.

    The frozen manifest, in the order over which its hash is taken.

    Args:
        id (int):
        limit (int | Unset):  Default: 100.

    """

    params: dict[str, Any] = {}

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/model-versions/{id}/training-set/members".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedFrozenMemberList:
    if response.status_code == 200:
        response_200 = PaginatedFrozenMemberList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
