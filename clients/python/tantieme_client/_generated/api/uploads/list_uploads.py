from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_upload_list import PaginatedUploadList
from ...types import UNSET, Unset
from typing import cast


def list_uploads(
    *,
    limit: int | Unset = 100,
    purpose: str | Unset = UNSET,
    status: str | Unset = UNSET,
) -> Call[PaginatedUploadList]:
    """List uploads.

    Your uploads, newest first; which parts are here, one upload's document says.

    Args:
        limit (int | Unset):  Default: 100.
        purpose (str | Unset):
        status (str | Unset):

    """

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["purpose"] = purpose

    params["status"] = status

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/uploads",
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedUploadList:
    if response.status_code == 200:
        response_200 = PaginatedUploadList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
