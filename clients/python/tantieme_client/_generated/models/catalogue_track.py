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
        genre (str): May be empty.
        licence (str): May be empty.
        media_type (str):
        sha256 (str): Of the file.
        size_bytes (int):
        seconds (float): How long it sounds.
        source_url (str): Where it comes from; may be empty.
        created_at (datetime.datetime): When the catalogue first had it.
    """

    ref: str
    title: str
    work: CatalogueWork
    genre: str
    licence: str
    media_type: str
    sha256: str
    size_bytes: int
    seconds: float
    source_url: str
    created_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.catalogue_work import CatalogueWork  # noqa: PLC0415

        ref = self.ref

        title = self.title

        work = self.work.to_dict()

        genre = self.genre

        licence = self.licence

        media_type = self.media_type

        sha256 = self.sha256

        size_bytes = self.size_bytes

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

        genre = d.pop("genre")

        licence = d.pop("licence")

        media_type = d.pop("media_type")

        sha256 = d.pop("sha256")

        size_bytes = d.pop("size_bytes")

        seconds = d.pop("seconds")

        source_url = d.pop("source_url")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        catalogue_track = cls(
            ref=ref,
            title=title,
            work=work,
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
