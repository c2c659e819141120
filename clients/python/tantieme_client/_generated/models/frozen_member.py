from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="FrozenMember")


@_attrs_define
class FrozenMember:
    """A member of a frozen set.

    Attributes:
        position (int): From 0, by the code points of the refs.
        track (str):
        role (str): * `train` - Train
            * `control_calibration` - Control Calibration
            * `control_test` - Control Test
        sha256 (str): Of the file.
    """

    position: int
    track: str
    role: str
    sha256: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        position = self.position

        track = self.track

        role = self.role

        sha256 = self.sha256

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "position": position,
                "track": track,
                "role": role,
                "sha256": sha256,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        position = d.pop("position")

        track = d.pop("track")

        role = d.pop("role")

        sha256 = d.pop("sha256")

        frozen_member = cls(
            position=position,
            track=track,
            role=role,
            sha256=sha256,
        )

        frozen_member.additional_properties = d
        return frozen_member

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
