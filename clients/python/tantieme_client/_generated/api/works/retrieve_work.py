from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.one_work import OneWork
from typing import cast


def retrieve_work(
    ref: str,
) -> Call[OneWork]:
    """Look at a work.

    A composition, and those of its tracks that you may see.

    Args:
        ref (str):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/works/{ref}".format(
            ref=quote(str(ref), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> OneWork:
    if response.status_code == 200:
        response_200 = OneWork.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
