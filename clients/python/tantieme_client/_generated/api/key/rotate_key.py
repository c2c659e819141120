from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.key_rotation import KeyRotation
from ...models.new_key import NewKey
from ...types import UNSET, Unset
from typing import cast


def rotate_key(
    *,
    body: KeyRotation | Unset = UNSET,
) -> Call[NewKey]:
    """Replace the key that you use.

    Make a key with the same name, scopes, networks, rate and expiry. The old one goes on for
    `overlap_hours` (24 unless told) and then expires. The secret is in the answer and nowhere
    else; if the answer was lost, send the request again: the new key that nobody has used is
    ended and replaced. Once the new key is used, the old one cannot be rotated again (409).

    Args:
        body (KeyRotation | Unset): How long the old key goes on beside the new one.

    """
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/key/rotate",
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> NewKey:
    if response.status_code == 201:
        response_201 = NewKey.from_dict(response.json())

        return response_201

    raise ValueError(f"{response.status_code} is no answer that is known here.")
