from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.key import Key
from typing import cast


def retrieve_key() -> Call[Key]:
    """Look at the key that you use.

    What the key of this very request may do, from where, how often and until when.

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/key",
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Key:
    if response.status_code == 200:
        response_200 = Key.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
