from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="Exclusion")


@_attrs_define
class Exclusion:
    """A track that was asked for and left out, and one reason why.

    Attributes:
        position (int): From 0, by the code points of the refs.
        track (str):
        role (str): * `train` - Train
            * `control_calibration` - Control Calibration
            * `control_test` - Control Test
        reason (str): * `no_consent` - nobody agreed
            * `consent_ended` - the consent ended
            * `opted_out` - a holder forbids it
            * `no_file` - its file is missing
            * `merged` - it was found to be another track
        right (str): Under which right; empty if it is not about rights.
        sentence (str):
    """

    position: int
    track: str
    role: str
    reason: str
    right: str
    sentence: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        position = self.position

        track = self.track

        role = self.role

        reason = self.reason

        right = self.right

        sentence = self.sentence

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "position": position,
                "track": track,
                "role": role,
                "reason": reason,
                "right": right,
                "sentence": sentence,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        position = d.pop("position")

        track = d.pop("track")

        role = d.pop("role")

        reason = d.pop("reason")

        right = d.pop("right")

        sentence = d.pop("sentence")

        exclusion = cls(
            position=position,
            track=track,
            role=role,
            reason=reason,
            right=right,
            sentence=sentence,
        )

        exclusion.additional_properties = d
        return exclusion

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
