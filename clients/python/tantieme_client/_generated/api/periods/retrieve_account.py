from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.account import Account
from typing import cast


def retrieve_account(
    id: int,
) -> Call[Account]:
    """Read a statement of account.

    What you owed before a period, what was added and paid, and what you owe after it.

    Revenue and commission are there once the period is closed; what you pay is in the account
    of the period in which it came in.

    Args:
        id (int):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/periods/{id}/account".format(
            id=quote(str(id), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> Account:
    if response.status_code == 200:
        response_200 = Account.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
