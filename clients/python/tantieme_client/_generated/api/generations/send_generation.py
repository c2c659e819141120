from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.generation import Generation
from ...models.new_piece import NewPiece
from ...types import UNSET, Unset
from typing import cast


def send_generation(
    *,
    body: NewPiece | Unset = UNSET,
) -> Call[Generation]:
    """Send a generation.

    Send a piece that your model generated. Its attribution begins by itself.

    Send its file as a form, or JSON with its tokens, with an upload, or with the features
    that
    you computed of it (the piece itself may then stay in your house). The same piece under
    the
    same `external_id` again is the one already there (200); another piece under that name is
    refused (409).

    Args:
        body (NewPiece | Unset): A piece that is sent as JSON: `tokens`, or an `upload` of
            audio, or `features` alone or with
            one of the two.

    """
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/generations",
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Generation:
    if response.status_code == 200:
        response_200 = Generation.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = Generation.from_dict(response.json())

        return response_201

    raise ValueError(f"{response.status_code} is no answer that is known here.")
