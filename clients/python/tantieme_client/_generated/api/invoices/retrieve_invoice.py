from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.one_invoice import OneInvoice
from typing import cast


def retrieve_invoice(
    id: int,
) -> Call[OneInvoice]:
    """Look at an invoice.

    An invoice or a credit note, line by line, and what settled it.

    Args:
        id (int):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/invoices/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> OneInvoice:
    if response.status_code == 200:
        response_200 = OneInvoice.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
