from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.checkpoint import Checkpoint
from ...models.new_checkpoint import NewCheckpoint
from typing import cast


def register_checkpoint(
    id: int,
    *,
    body: NewCheckpoint,
) -> Call[Checkpoint]:
    """Register a checkpoint.

    Register uploaded weights (safetensors) as a checkpoint. The upload is used up.

    A file of our reference architecture says so in its metadata (`tantieme.architecture`,
    `tantieme.model`); we can compute its features. Any other is kept as evidence. Nothing in
    a
    file is ever run.

    Args:
        id (int):
        body (NewCheckpoint): Weights that were uploaded.

    """
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/model-versions/{id}/checkpoints".format(
            id=quote(str(id), safe=""),
        ),
    }
    _kwargs["json"] = body.to_dict()

    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Checkpoint:
    if response.status_code == 200:
        response_200 = Checkpoint.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = Checkpoint.from_dict(response.json())

        return response_201

    raise ValueError(f"{response.status_code} is no answer that is known here.")
