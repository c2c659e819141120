from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from uuid import UUID


def download_intake_result(
    id: UUID,
) -> Call[bytes]:
    """Download the result by line.

    NDJSON, packed with gzip: for each line `line`, `event_id`, `outcome` (`new`, `known`
    or `refused`) and, if it was refused, `errors` with `field` and `detail`.

    It lists refused lines, or all if `result` was `all`; of a file that is refused as a whole
    the faulty ones. It is not found before the file is finished, nor where nothing was wrong
    and only refused lines were asked for.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/intake-files/{id}/result".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> bytes:
    return response.content
