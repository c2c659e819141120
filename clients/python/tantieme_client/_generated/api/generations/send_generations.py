from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.generation_batch import GenerationBatch
from typing import cast


def send_generations() -> Call[GenerationBatch]:
    """Send many generations.

    Send up to 100 pieces as NDJSON, each line as `POST /generations` takes it as JSON.

    Everything is taken or nothing: with any fault nothing changes, and `errors` says of each
    line what is wrong. Pieces that were taken in before count as known.

    """

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/generations/batch",
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> GenerationBatch:
    if response.status_code == 201:
        response_201 = GenerationBatch.from_dict(response.json())

        return response_201

    raise ValueError(f"{response.status_code} is no answer that is known here.")
