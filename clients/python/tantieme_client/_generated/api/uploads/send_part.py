from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.upload_part import UploadPart
from typing import cast
from uuid import UUID


def send_part(
    id: UUID,
    number: int,
) -> Call[UploadPart]:
    """Send a part of an upload.

    Send the bytes of a part: all have `part_bytes`, only the last has the rest.

    Parts come in any order and at the same time. A part that was cut off counts as not sent.
    A
    part that is here may be sent again; with other bytes it is refused (409), since an upload
    is of one file.

    Args:
        id (UUID):
        number (int):

    """

    _kwargs: dict[str, Any] = {
        "method": "PUT",
        "path": "/api/v1/uploads/{id}/parts/{number}".format(
            id=quote(str(id), safe=""),
            number=quote(str(number), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> UploadPart:
    if response.status_code == 200:
        response_200 = UploadPart.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = UploadPart.from_dict(response.json())

        return response_201

    raise ValueError(f"{response.status_code} is no answer that is known here.")
