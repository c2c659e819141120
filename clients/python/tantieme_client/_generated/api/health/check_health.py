from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.health import Health
from typing import cast


def check_health() -> Call[Health]:
    """Check that the API answers.

    It answers as soon as the database does. Needs no key, and says nothing of anybody.

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/health",
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Health:
    if response.status_code == 200:
        response_200 = Health.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
