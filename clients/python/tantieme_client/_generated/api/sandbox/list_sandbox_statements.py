from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_sandbox_statement_list import PaginatedSandboxStatementList
from ...types import UNSET, Unset
from typing import cast


def list_sandbox_statements(
    *,
    limit: int | Unset = 100,
    period: int | Unset = UNSET,
) -> Call[PaginatedSandboxStatementList]:
    """List the sandbox's statements.

    What the sandbox's rights holders are told of your periods, newest first. Where money is
    real this is theirs alone to know.

    Args:
        limit (int | Unset):  Default: 100.
        period (int | Unset):

    """

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["period"] = period

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/sandbox/statements",
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedSandboxStatementList:
    if response.status_code == 200:
        response_200 = PaginatedSandboxStatementList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
