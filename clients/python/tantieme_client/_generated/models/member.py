from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="Member")


@_attrs_define
class Member:
    """A track's place in a set.

    Attributes:
        track (str): Its `ref`.
        role (str): * `train` - Train
            * `control_calibration` - Control Calibration
            * `control_test` - Control Test
        sha256 (str): Of the file; it must be the catalogue's.
    """

    track: str
    role: str
    sha256: str

    def to_dict(self) -> dict[str, Any]:
        track = self.track

        role = self.role

        sha256 = self.sha256

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "track": track,
                "role": role,
                "sha256": sha256,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        track = d.pop("track")

        role = d.pop("role")

        sha256 = d.pop("sha256")

        member = cls(
            track=track,
            role=role,
            sha256=sha256,
        )

        return member
