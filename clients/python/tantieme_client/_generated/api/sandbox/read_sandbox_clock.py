from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.clock import Clock
from typing import cast


def read_sandbox_clock() -> Call[Clock]:
    """Read the sandbox's clock.

    What time it is for you in a sandbox: the real time until you move it on.

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/sandbox/clock",
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Clock:
    if response.status_code == 200:
        response_200 = Clock.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
