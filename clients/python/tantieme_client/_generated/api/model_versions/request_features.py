from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.feature_store import FeatureStore
from ...models.wanted_features import WantedFeatures
from ...types import UNSET, Unset
from typing import cast


def request_features(
    id: int,
    *,
    body: WantedFeatures | Unset = UNSET,
) -> Call[FeatureStore]:
    """Have features computed.

    Ask us to compute the features of the training set under registered checkpoints.

    They must be of the reference architecture. Asked again, it is the same store; what had
    failed is done again.

    Args:
        id (int):
        body (WantedFeatures | Unset): Features that we are to compute.

    """
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/model-versions/{id}/features".format(
            id=quote(str(id), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> FeatureStore:
    if response.status_code == 202:
        response_202 = FeatureStore.from_dict(response.json())

        return response_202

    raise ValueError(f"{response.status_code} is no answer that is known here.")
