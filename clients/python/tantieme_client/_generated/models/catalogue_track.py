from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.catalogue_work import CatalogueWork


T = TypeVar("T", bound="CatalogueTrack")


@_attrs_define
class CatalogueTrack:
    """A recording or a score of a work.

    Attributes:
        ref (str):
        title (str):
        work (CatalogueWork): A composition.
        version (str): Such as live; may be empty.
        artist (str): As it stands on the sleeve; may be empty.
        isrc (str): Without hyphens; empty if none is known.
        release_title (str): May be empty.
        release_ean (str): EAN or UPC, 13 digits; may be empty.
        released_on (datetime.date | None):
        derived_from (None | str): The track that it is a version of; null if it is none, or you may not see that.
        genre (str): May be empty.
        licence (str): May be empty.
        media_type (None | str): Null, as all of a file, for a track that is known by description alone.
        sha256 (None | str): Of the file.
        size_bytes (int | None):
        seconds (float | None): How long it sounds.
        source_url (str): Where it comes from; may be empty.
        created_at (datetime.datetime): When the catalogue first had it.
    """

    ref: str
    title: str
    work: CatalogueWork
    version: str
    artist: str
    isrc: str
    release_title: str
    release_ean: str
    released_on: datetime.date | None
    derived_from: None | str
    genre: str
    licence: str
    media_type: None | str
    sha256: None | str
    size_bytes: int | None
    seconds: float | None
    source_url: str
    created_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.catalogue_work import CatalogueWork  # noqa: PLC0415

        ref = self.ref

        title = self.title

        work = self.work.to_dict()

        version = self.version

        artist = self.artist

        isrc = self.isrc

        release_title = self.release_title

        release_ean = self.release_ean

        released_on: None | str
        if isinstance(self.released_on, datetime.date):
            released_on = self.released_on.isoformat()
        else:
            released_on = self.released_on

        derived_from: None | str
        derived_from = self.derived_from

        genre = self.genre

        licence = self.licence

        media_type: None | str
        media_type = self.media_type

        sha256: None | str
        sha256 = self.sha256

        size_bytes: int | None
        size_bytes = self.size_bytes

        seconds: float | None
        seconds = self.seconds

        source_url = self.source_url

        created_at = self.created_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ref": ref,
                "title": title,
                "work": work,
                "version": version,
                "artist": artist,
                "isrc": isrc,
                "release_title": release_title,
                "release_ean": release_ean,
                "released_on": released_on,
                "derived_from": derived_from,
                "genre": genre,
                "licence": licence,
                "media_type": media_type,
                "sha256": sha256,
                "size_bytes": size_bytes,
                "seconds": seconds,
                "source_url": source_url,
                "created_at": created_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.catalogue_work import CatalogueWork  # noqa: PLC0415

        d = dict(src_dict)
        ref = d.pop("ref")

        title = d.pop("title")

        work = CatalogueWork.from_dict(d.pop("work"))

        version = d.pop("version")

        artist = d.pop("artist")

        isrc = d.pop("isrc")

        release_title = d.pop("release_title")

        release_ean = d.pop("release_ean")

        def _parse_released_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                released_on_type_0 = datetime.date.fromisoformat(data)

                return released_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        released_on = _parse_released_on(d.pop("released_on"))

        def _parse_derived_from(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        derived_from = _parse_derived_from(d.pop("derived_from"))

        genre = d.pop("genre")

        licence = d.pop("licence")

        def _parse_media_type(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        media_type = _parse_media_type(d.pop("media_type"))

        def _parse_sha256(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        sha256 = _parse_sha256(d.pop("sha256"))

        def _parse_size_bytes(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        size_bytes = _parse_size_bytes(d.pop("size_bytes"))

        def _parse_seconds(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        seconds = _parse_seconds(d.pop("seconds"))

        source_url = d.pop("source_url")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        catalogue_track = cls(
            ref=ref,
            title=title,
            work=work,
            version=version,
            artist=artist,
            isrc=isrc,
            release_title=release_title,
            release_ean=release_ean,
            released_on=released_on,
            derived_from=derived_from,
            genre=genre,
            licence=licence,
            media_type=media_type,
            sha256=sha256,
            size_bytes=size_bytes,
            seconds=seconds,
            source_url=source_url,
            created_at=created_at,
        )

        catalogue_track.additional_properties = d
        return catalogue_track

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
