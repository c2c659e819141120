from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from uuid import UUID


def download_catalogue_delivery_report(
    id: UUID,
) -> Call[bytes]:
    """Download a delivery's report.

    CSV with your own columns and, before them, what became of each row, why, and a repair.

    A cell that a spreadsheet would compute has an apostrophe before it.

    Args:
        id (UUID):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/catalogue/deliveries/{id}/report".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> bytes:
    return response.content
