from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_feature_store_list import PaginatedFeatureStoreList
from ...types import UNSET, Unset
from typing import cast


def list_feature_stores(
    id: int,
    *,
    limit: int | Unset = 100,
) -> Call[PaginatedFeatureStoreList]:
    """List feature stores.

    The feature stores of a model version, newest first: ours and yours.

    Args:
        id (int):
        limit (int | Unset):  Default: 100.

    """

    params: dict[str, Any] = {}

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/model-versions/{id}/feature-stores".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedFeatureStoreList:
    if response.status_code == 200:
        response_200 = PaginatedFeatureStoreList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
