from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_generation_list import PaginatedGenerationList
from ...types import UNSET, Unset
from typing import cast
import datetime


def list_generations(
    *,
    created_since: datetime.datetime | Unset = UNSET,
    created_until: datetime.datetime | Unset = UNSET,
    external_id: str | Unset = UNSET,
    generated_since: datetime.datetime | Unset = UNSET,
    generated_until: datetime.datetime | Unset = UNSET,
    limit: int | Unset = 100,
    model_version: str | Unset = UNSET,
) -> Call[PaginatedGenerationList]:
    """List generations.

    The pieces that you sent, newest first.

    Args:
        created_since (datetime.datetime | Unset):
        created_until (datetime.datetime | Unset):
        external_id (str | Unset):
        generated_since (datetime.datetime | Unset):
        generated_until (datetime.datetime | Unset):
        limit (int | Unset):  Default: 100.
        model_version (str | Unset):

    """

    params: dict[str, Any] = {}

    json_created_since: str | Unset = UNSET
    if not isinstance(created_since, Unset):
        json_created_since = created_since.isoformat()
    params["created_since"] = json_created_since

    json_created_until: str | Unset = UNSET
    if not isinstance(created_until, Unset):
        json_created_until = created_until.isoformat()
    params["created_until"] = json_created_until

    params["external_id"] = external_id

    json_generated_since: str | Unset = UNSET
    if not isinstance(generated_since, Unset):
        json_generated_since = generated_since.isoformat()
    params["generated_since"] = json_generated_since

    json_generated_until: str | Unset = UNSET
    if not isinstance(generated_until, Unset):
        json_generated_until = generated_until.isoformat()
    params["generated_until"] = json_generated_until

    params["limit"] = limit

    params["model_version"] = model_version

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
