from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.intake_file import IntakeFile
from ...models.revenue import Revenue
from ...types import UNSET, Unset
from typing import cast


def send_revenue(
    *,
    body: Revenue | Unset = UNSET,
    late: bool | Unset = UNSET,
) -> Call[IntakeFile]:
    """Report revenue.

    One event as a JSON object, or many as NDJSON (one object a line) or CSV (the same fields
    as columns under a header), at most 32 MiB; larger files are uploaded. Everything is taken
    in or nothing: with any fault nothing changes, and `errors` lists the first hundred faults
    by field or line. An `event_id` counts once: the same event again is `known`, with another
    content it is refused. What was reported wrongly is corrected by another event, which
    names it in `corrects`, says the same service and day, and replaces it; of several the
    last one counts. Events of a closed period are refused, unless you say that they are late:
    then they are kept, and paid for once the period is restated. What is dated more than 24
    hours ahead of our clock is refused.

    Args:
        late (bool | Unset):
        body (Revenue | Unset): Money that you earned by a subscription or by one piece, or
            owe for having trained.

    """
    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    params["late"] = late

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/revenue",
        "params": params,
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> IntakeFile:
    if response.status_code == 200:
        response_200 = IntakeFile.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = IntakeFile.from_dict(response.json())

        return response_201

    raise ValueError(f"{response.status_code} is no answer that is known here.")
