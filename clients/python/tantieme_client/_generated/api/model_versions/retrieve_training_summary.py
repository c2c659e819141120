from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.summary import Summary
from typing import cast


def retrieve_training_summary(
    id: int,
) -> Call[Summary]:
    """Look at the public summary.

    What Article 53(1)(d) of the EU AI Act asks to publish, with what you must write open.

    Args:
        id (int):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/model-versions/{id}/training-set/summary".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Summary:
    if response.status_code == 200:
        response_200 = Summary.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
