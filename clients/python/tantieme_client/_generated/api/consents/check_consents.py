from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.consent_answer import ConsentAnswer
from ...models.consent_question import ConsentQuestion
from typing import cast


def check_consents(
    *,
    body: ConsentQuestion,
) -> Call[ConsentAnswer]:
    """Check consents.

    Whether a model version may be trained on tracks on a day, and which right lacks.

    A score touches the right in the composition; a recording that in the recording too. A
    track
    that you may not know of is answered as one that there is not.

    Args:
        body (ConsentQuestion): Which tracks, for which model, on which day.

    """
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "POST",
        "path": "/api/v1/consents/check",
    }
    _kwargs["json"] = body.to_dict()

    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> ConsentAnswer:
    if response.status_code == 200:
        response_200 = ConsentAnswer.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
