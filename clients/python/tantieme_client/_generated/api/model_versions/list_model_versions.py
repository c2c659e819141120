from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_model_version_list import PaginatedModelVersionList
from ...types import UNSET, Unset
from typing import cast


def list_model_versions(
    *,
    limit: int | Unset = 100,
    name: str | Unset = UNSET,
    version: str | Unset = UNSET,
) -> Call[PaginatedModelVersionList]:
    """List model versions.

    The models of yours that we know: what a generation can come from.

    Args:
        limit (int | Unset):  Default: 100.
        name (str | Unset):
        version (str | Unset):

    """

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["name"] = name

    params["version"] = version

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/model-versions",
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedModelVersionList:
    if response.status_code == 200:
        response_200 = PaginatedModelVersionList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
