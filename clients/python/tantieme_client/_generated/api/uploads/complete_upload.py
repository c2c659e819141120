from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.one_upload import OneUpload
from typing import cast
from uuid import UUID


def complete_upload(
    id: UUID,
) -> Call[OneUpload]:
    """Complete an upload.

    Say that all parts were sent. The whole is held against its sha256 and sealed.

    For a large file a job does that, and the status is `verifying` meanwhile. While parts are
    missing it is refused (409).

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/uploads/{id}/complete".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> OneUpload:
    if response.status_code == 200:
        response_200 = OneUpload.from_dict(response.json())

        return response_200

    if response.status_code == 202:
        response_202 = OneUpload.from_dict(response.json())

        return response_202

    raise ValueError(f"{response.status_code} is no answer that is known here.")
