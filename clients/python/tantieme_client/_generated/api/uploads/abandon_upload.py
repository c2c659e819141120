from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from uuid import UUID


def abandon_upload(
    id: UUID,
) -> Call[None]:
    """Abandon an upload.

    Forget an upload and all that was sent of it. What was made of a used one stays.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "DELETE",
        "path": "/api/v1/uploads/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> None:
    return None
