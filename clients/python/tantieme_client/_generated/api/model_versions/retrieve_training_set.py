from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.frozen_set import FrozenSet
from typing import cast


def retrieve_training_set(
    id: int,
) -> Call[FrozenSet]:
    """Look at a training set.

    What a model version was trained on. The ETag is the set's own hash.

    Args:
        id (int):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/model-versions/{id}/training-set".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> FrozenSet:
    if response.status_code == 200:
        response_200 = FrozenSet.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
