from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.handed_in import HandedIn
from ...models.intake_file import IntakeFile
from typing import cast


def send_revenue_file(
    *,
    body: HandedIn,
) -> Call[IntakeFile]:
    """Report revenue by a file.

    Take in a file that was uploaded for this purpose (`POST /api/v1/uploads`) and completed:
    NDJSON, CSV or, for usage, a DSR, each of at most 4 GiB and 20 million lines, packed with
    gzip or not. A job does it: look at the answer's `url` until its `status` is `taken`,
    `refused` or `failed`. As a body, everything of it is taken or nothing, unless `mode` is
    `good_lines`: then faulty lines are left out. `result_url` tells all faults by line. The
    same upload again is the file that is there already (200).

    Args:
        body (HandedIn): A sealed upload, and how to take it in.

    """
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/revenue/files",
    }
    _kwargs["json"] = body.to_dict()

    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> IntakeFile:
    if response.status_code == 200:
        response_200 = IntakeFile.from_dict(response.json())

        return response_200

    if response.status_code == 202:
        response_202 = IntakeFile.from_dict(response.json())

        return response_202

    raise ValueError(f"{response.status_code} is no answer that is known here.")
