from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset


def retrieve_invoice_document(
    id: int,
) -> Call[bytes]:
    """Get an invoice as PDF.

    The invoice or the credit note as it is printed: the same bytes every time.

    Args:
        id (int):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/invoices/{id}/document".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> bytes:
    return response.content
