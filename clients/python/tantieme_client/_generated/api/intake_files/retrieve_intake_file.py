from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.intake_file import IntakeFile
from typing import cast
from uuid import UUID


def retrieve_intake_file(
    id: UUID,
) -> Call[IntakeFile]:
    """Look at what was sent.

    How far a file is, how many of its events count, and what is wrong with it.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/intake-files/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> IntakeFile:
    if response.status_code == 200:
        response_200 = IntakeFile.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
