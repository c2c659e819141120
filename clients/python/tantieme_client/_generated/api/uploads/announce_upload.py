from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.new_upload import NewUpload
from ...models.one_upload import OneUpload
from typing import cast


def announce_upload(
    *,
    body: NewUpload,
) -> Call[OneUpload]:
    """Announce an upload.

    Say what file is to come; then send its parts, each to its number.

    An upload is of one file, known by its size and sha256. Files for `checkpoint` and
    `feature_store` need a key with the scope `models`, those for `catalogue` one with
    `catalogue`, others `ingest`.

    Args:
        body (NewUpload): A file that is to come.

    """
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/uploads",
    }
    _kwargs["json"] = body.to_dict()

    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> OneUpload:
    if response.status_code == 201:
        response_201 = OneUpload.from_dict(response.json())

        return response_201

    raise ValueError(f"{response.status_code} is no answer that is known here.")
