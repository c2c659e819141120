from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.answer import Answer
from ...models.challenge import Challenge
from typing import cast
from uuid import UUID


def answer_challenge(
    id: UUID,
    *,
    body: Answer,
) -> Call[Challenge]:
    """Answer a challenge.

    Open exactly the segments that were drawn: content and salt of each.

    `python -m attribution.engine open` prints the body. What does not hash to its commitment
    is refused (422) and changes nothing; another answer than the one that was taken is
    refused
    too (409). The same answer again changes nothing.

    Args:
        id (UUID):
        body (Answer): The opened segments, in any order.

    """
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/challenges/{id}/answer".format(
            id=quote(str(id), safe=""),
        ),
    }
    _kwargs["json"] = body.to_dict()

    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Challenge:
    if response.status_code == 200:
        response_200 = Challenge.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
