from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.objection import Objection


T = TypeVar("T", bound="TrackConsent")


@_attrs_define
class TrackConsent:
    """Whether one track may be trained on.

    Attributes:
        track (str): As you asked.
        is_known (bool): Whether you may know of such a track.
        is_allowed (bool):
        lacking (list[str]): The rights of the track under which nobody agreed, or somebody forbids it.
        until (datetime.date | None): The first day on which it is no longer allowed, if one is known.
        reasons (list[Objection]): Why not; empty where it is allowed.
    """

    track: str
    is_known: bool
    is_allowed: bool
    lacking: list[str]
    until: datetime.date | None
    reasons: list[Objection]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.objection import Objection  # noqa: PLC0415

        track = self.track

        is_known = self.is_known

        is_allowed = self.is_allowed

        lacking = self.lacking

        until: None | str
        if isinstance(self.until, datetime.date):
            until = self.until.isoformat()
        else:
            until = self.until

        reasons = []
        for reasons_item_data in self.reasons:
            reasons_item = reasons_item_data.to_dict()
            reasons.append(reasons_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "track": track,
                "is_known": is_known,
                "is_allowed": is_allowed,
                "lacking": lacking,
                "until": until,
                "reasons": reasons,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.objection import Objection  # noqa: PLC0415

        d = dict(src_dict)
        track = d.pop("track")

        is_known = d.pop("is_known")

        is_allowed = d.pop("is_allowed")

        lacking = cast(list[str], d.pop("lacking"))

        def _parse_until(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                until_type_0 = datetime.date.fromisoformat(data)

                return until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        until = _parse_until(d.pop("until"))

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = Objection.from_dict(reasons_item_data)

            reasons.append(reasons_item)

        track_consent = cls(
            track=track,
            is_known=is_known,
            is_allowed=is_allowed,
            lacking=lacking,
            until=until,
            reasons=reasons,
        )

        track_consent.additional_properties = d
        return track_consent

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
