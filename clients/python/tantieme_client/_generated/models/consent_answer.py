from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.track_consent import TrackConsent


T = TypeVar("T", bound="ConsentAnswer")


@_attrs_define
class ConsentAnswer:
    """Whether each track may be trained on, in the order asked.

    Attributes:
        on (datetime.date):
        is_allowed (bool): Whether all of them are.
        tracks (list[TrackConsent]):
    """

    on: datetime.date
    is_allowed: bool
    tracks: list[TrackConsent]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.track_consent import TrackConsent  # noqa: PLC0415

        on = self.on.isoformat()

        is_allowed = self.is_allowed

        tracks = []
        for tracks_item_data in self.tracks:
            tracks_item = tracks_item_data.to_dict()
            tracks.append(tracks_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "on": on,
                "is_allowed": is_allowed,
                "tracks": tracks,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.track_consent import TrackConsent  # noqa: PLC0415

        d = dict(src_dict)
        on = datetime.date.fromisoformat(d.pop("on"))

        is_allowed = d.pop("is_allowed")

        tracks = []
        _tracks = d.pop("tracks")
        for tracks_item_data in _tracks:
            tracks_item = TrackConsent.from_dict(tracks_item_data)

            tracks.append(tracks_item)

        consent_answer = cls(
            on=on,
            is_allowed=is_allowed,
            tracks=tracks,
        )

        consent_answer.additional_properties = d
        return consent_answer

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
