from typing import Any, cast
from urllib.parse import quote

import httpx

from ....calls import Call
from ...types import UNSET, Unset

from ...models.paginated_catalogue_track_list import PaginatedCatalogueTrackList
from ...types import UNSET, Unset
from typing import cast
import datetime


def list_tracks(
    *,
    consented_for: str | Unset = UNSET,
    created_since: datetime.datetime | Unset = UNSET,
    created_until: datetime.datetime | Unset = UNSET,
    genre: str | Unset = UNSET,
    isrc: str | Unset = UNSET,
    iswc: str | Unset = UNSET,
    licence: str | Unset = UNSET,
    limit: int | Unset = 100,
    on: datetime.date | Unset = UNSET,
    ref: str | Unset = UNSET,
    title: str | Unset = UNSET,
    work: str | Unset = UNSET,
) -> Call[PaginatedCatalogueTrackList]:
    """Look tracks up.

    Tracks with a consent that names no model or one of yours, and those in your sets.

    Args:
        consented_for (str | Unset):
        created_since (datetime.datetime | Unset):
        created_until (datetime.datetime | Unset):
        genre (str | Unset):
        isrc (str | Unset):
        iswc (str | Unset):
        licence (str | Unset):
        limit (int | Unset):  Default: 100.
        on (datetime.date | Unset):
        ref (str | Unset):
        title (str | Unset):
        work (str | Unset):

    """

    params: dict[str, Any] = {}

    params["consented_for"] = consented_for

    json_created_since: str | Unset = UNSET
    if not isinstance(created_since, Unset):
        json_created_since = created_since.isoformat()
    params["created_since"] = json_created_since

    json_created_until: str | Unset = UNSET
    if not isinstance(created_until, Unset):
        json_created_until = created_until.isoformat()
    params["created_until"] = json_created_until

    params["genre"] = genre

    params["isrc"] = isrc

    params["iswc"] = iswc

    params["licence"] = licence

    params["limit"] = limit

    json_on: str | Unset = UNSET
    if not isinstance(on, Unset):
        json_on = on.isoformat()
    params["on"] = json_on

    params["ref"] = ref

    params["title"] = title

    params["work"] = work

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/tracks",
        "params": params,
    }
    return Call(**_kwargs, parse=_parse)


def _parse(response: httpx.Response) -> PaginatedCatalogueTrackList:
    if response.status_code == 200:
        response_200 = PaginatedCatalogueTrackList.from_dict(response.json())

        return response_200

    raise ValueError(f"{response.status_code} is no answer that is known here.")
