from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime


T = TypeVar("T", bound="TrainingSet")


@_attrs_define
class TrainingSet:
    """What a model was trained on, frozen.

    Attributes:
        sha256 (str): Of its tracks, their roles and their files.
        track_count (int): Controls included.
        frozen_at (datetime.datetime):
    """

    sha256: str
    track_count: int
    frozen_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        sha256 = self.sha256

        track_count = self.track_count

        frozen_at = self.frozen_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "sha256": sha256,
                "track_count": track_count,
                "frozen_at": frozen_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        sha256 = d.pop("sha256")

        track_count = d.pop("track_count")

        frozen_at = datetime.datetime.fromisoformat(d.pop("frozen_at"))

        training_set = cls(
            sha256=sha256,
            track_count=track_count,
            frozen_at=frozen_at,
        )

        training_set.additional_properties = d
        return training_set

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
