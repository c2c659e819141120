from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.model_version import ModelVersion
from typing import cast


def retrieve_model_version(
    id: int,
) -> Call[ModelVersion]:
    """Look at a model version.

    A model version by our id for it; to find one by name, list with `name`.

    Args:
        id (int):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/model-versions/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> ModelVersion:
    if response.status_code == 200:
        response_200 = ModelVersion.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
