from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.catalogue_track import CatalogueTrack
from typing import cast


def retrieve_track(
    ref: str,
) -> Call[CatalogueTrack]:
    """Look at a track.

    A track by the catalogue's name for it. Its consents: list them with `track`.

    Args:
        ref (str):

    """

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/tracks/{ref}".format(
            ref=quote(str(ref), safe=""),
        ),
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> CatalogueTrack:
    if response.status_code == 200:
        response_200 = CatalogueTrack.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
