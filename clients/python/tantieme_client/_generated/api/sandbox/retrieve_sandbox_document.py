from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset


def retrieve_sandbox_document(
    id: int,
    kind: str,
) -> Call[bytes]:
    """Get a sandbox's statement as a document.

    A statement as its rights holder gets it: the very file that was issued.

    Args:
        id (int):
        kind (str):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/sandbox/statements/{id}/{kind}".format(
            id=quote(str(id), safe=""),
            kind=quote(str(kind), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> bytes:
    return response.content
