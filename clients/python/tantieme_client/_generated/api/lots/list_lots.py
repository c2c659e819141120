from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.lot import Lot
from typing import cast


def list_lots() -> Call[Lot]:
    """List lots.

    By which lot pieces of each day are drawn: the hash of its secret, and later the secret.

    With it, draw again: we cannot have chosen whom to look at.

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/lots",
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Lot:
    if response.status_code == 200:
        response_200 = Lot.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
