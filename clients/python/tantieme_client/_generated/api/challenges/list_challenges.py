from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_challenge_list import PaginatedChallengeList
from ...types import UNSET, Unset
from typing import cast


def list_challenges(
    *,
    answered: bool | Unset = UNSET,
    limit: int | Unset = 100,
) -> Call[PaginatedChallengeList]:
    """List challenges.

    Pieces of yours that were drawn and of which we ask you to open segments, newest first.

    Answer within `due_at`; until then, and where nobody answers, what they earn may be held.

    Args:
        answered (bool | Unset):
        limit (int | Unset):  Default: 100.

    """

    params: dict[str, Any] = {}

    params["answered"] = answered

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/challenges",
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedChallengeList:
    if response.status_code == 200:
        response_200 = PaginatedChallengeList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
