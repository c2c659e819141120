from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_invoice_list import PaginatedInvoiceList
from ...types import UNSET, Unset
from typing import cast


def list_invoices(
    *,
    kind: str | Unset = UNSET,
    limit: int | Unset = 100,
    service: str | Unset = UNSET,
    status: str | Unset = UNSET,
) -> Call[PaginatedInvoiceList]:
    """List invoices.

    Invoices and credit notes to you, newest first.

    Args:
        kind (str | Unset):
        limit (int | Unset):  Default: 100.
        service (str | Unset):
        status (str | Unset):

    """

    params: dict[str, Any] = {}

    params["kind"] = kind

    params["limit"] = limit

    params["service"] = service

    params["status"] = status

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/invoices",
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedInvoiceList:
    if response.status_code == 200:
        response_200 = PaginatedInvoiceList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
