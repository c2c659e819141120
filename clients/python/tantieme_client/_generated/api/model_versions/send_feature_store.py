from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.feature_store import FeatureStore
from ...models.new_feature_store import NewFeatureStore
from typing import cast


def send_feature_store(
    id: int,
    *,
    body: NewFeatureStore,
) -> Call[FeatureStore]:
    """Send a feature store.

    Send the store that you computed of the training set, packed and uploaded.

    A job compares every hash, the tracks with the frozen training set, and looks at all rows;
    then the store is `sealed`, or `refused` with a reason. The same upload again is the same
    store.

    Args:
        id (int):
        body (NewFeatureStore): A packed store that was uploaded.

    """
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/model-versions/{id}/feature-stores".format(
            id=quote(str(id), safe=""),
        ),
    }
    _kwargs["json"] = body.to_dict()

    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> FeatureStore:
    if response.status_code == 202:
        response_202 = FeatureStore.from_dict(response.json())

        return response_202

    raise ValueError(f"{response.status_code} is no answer that is known here.")
