from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_intake_file_list import PaginatedIntakeFileList
from ...types import UNSET, Unset
from typing import cast
import datetime


def list_intake_files(
    *,
    kind: str | Unset = UNSET,
    limit: int | Unset = 100,
    received_since: datetime.datetime | Unset = UNSET,
    received_until: datetime.datetime | Unset = UNSET,
    status: str | Unset = UNSET,
) -> Call[PaginatedIntakeFileList]:
    """List what was sent.

    Uses and revenue that you sent, newest first: uploaded files, and bodies of requests
    that were taken. A body that was refused is not listed, since its answer said so.

    Args:
        kind (str | Unset):
        limit (int | Unset):  Default: 100.
        received_since (datetime.datetime | Unset):
        received_until (datetime.datetime | Unset):
        status (str | Unset):

    """

    params: dict[str, Any] = {}

    params["kind"] = kind

    params["limit"] = limit

    json_received_since: str | Unset = UNSET
    if not isinstance(received_since, Unset):
        json_received_since = received_since.isoformat()
    params["received_since"] = json_received_since

    json_received_until: str | Unset = UNSET
    if not isinstance(received_until, Unset):
        json_received_until = received_until.isoformat()
    params["received_until"] = json_received_until

    params["status"] = status

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/intake-files",
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedIntakeFileList:
    if response.status_code == 200:
        response_200 = PaginatedIntakeFileList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
