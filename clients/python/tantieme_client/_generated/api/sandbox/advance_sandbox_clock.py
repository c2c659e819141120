from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.job import Job
from ...models.new_time import NewTime
from typing import cast


def advance_sandbox_clock(
    *,
    body: NewTime,
) -> Call[Job]:
    """Move the sandbox's clock on.

    Move your clock on. On the way every period that falls due is computed, reviewed by a
    second simulated operator, closed, its statements published, and invoiced; you are told by
    webhooks as in earnest. Other platforms' clocks stay as they are.

    Args:
        body (NewTime): To when the clock is moved.

    """
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/sandbox/clock",
    }
    _kwargs["json"] = body.to_dict()

    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Job:
    if response.status_code == 202:
        response_202 = Job.from_dict(response.json())

        return response_202

    raise ValueError(f"{response.status_code} is no answer that is known here.")
