from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.frozen_set import FrozenSet
from ...models.new_training_set import NewTrainingSet
from ...types import UNSET, Unset
from typing import cast
import datetime


def freeze_training_set(
    id: int,
    *,
    body: NewTrainingSet | Unset = UNSET,
    as_of: datetime.date | Unset = UNSET,
    leave_out_unconsented: bool | Unset = UNSET,
) -> Call[FrozenSet]:
    """Freeze a training set.

    Freeze what a model version is trained on: tracks, roles, the hashes of their files.

    One object with up to 5,000 members, or NDJSON with a member a line and `as_of` in the
    query. Every track needs a consent for each right that training touches, on the day
    `as_of`,
    controls too. It is frozen once: the same again is known, in any order; another one needs
    another model version. All faults are named, and with any of them nothing is frozen; or
    the
    tracks that may not be used are left out, where you ask for that.

    Args:
        id (int):
        as_of (datetime.date | Unset):
        leave_out_unconsented (bool | Unset):
        body (NewTrainingSet | Unset): What a model version is trained on.

    """
    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    json_as_of: str | Unset = UNSET
    if not isinstance(as_of, Unset):
        json_as_of = as_of.isoformat()
    params["as_of"] = json_as_of

    params["leave_out_unconsented"] = leave_out_unconsented

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/model-versions/{id}/training-set".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> FrozenSet:
    if response.status_code == 200:
        response_200 = FrozenSet.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = FrozenSet.from_dict(response.json())

        return response_201

    raise ValueError(f"{response.status_code} is no answer that is known here.")
