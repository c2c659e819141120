from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.secret import Secret
from typing import cast
from uuid import UUID


def retrieve_webhook_secret(
    id: UUID,
) -> Call[Secret]:
    """Read a webhook endpoint's secret.

    What to verify signatures with. It is derived and not stored, so it can be read again.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/webhook-endpoints/{id}/secret".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Secret:
    if response.status_code == 200:
        response_200 = Secret.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
