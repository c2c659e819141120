from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.one_upload import OneUpload
from typing import cast
from uuid import UUID


def retrieve_upload(
    id: UUID,
) -> Call[OneUpload]:
    """Look at an upload.

    How far an upload is, and which of its parts are here: send the others to resume.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/uploads/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> OneUpload:
    if response.status_code == 200:
        response_200 = OneUpload.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
