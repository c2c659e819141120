from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.model_version import ModelVersion
from ...models.new_model_version import NewModelVersion
from typing import cast


def register_model_version(
    *,
    body: NewModelVersion,
) -> Call[ModelVersion]:
    """Register a model version.

    Make a version of your model known, before its training set, checkpoints and pieces.

    Args:
        body (NewModelVersion): A version of a model that you trained or will train.

    """
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/model-versions",
    }
    _kwargs["json"] = body.to_dict()

    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> ModelVersion:
    if response.status_code == 200:
        response_200 = ModelVersion.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = ModelVersion.from_dict(response.json())

        return response_201

    raise ValueError(f"{response.status_code} is no answer that is known here.")
