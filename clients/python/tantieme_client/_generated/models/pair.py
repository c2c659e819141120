from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="Pair")


@_attrs_define
class Pair:
    """Two segments that score high together: listen to them side by side.

    Attributes:
        generation_segment (int): In the piece, counted from 0.
        track_segment (int): In the track, counted from 0.
        score (float): Standardised, averaged over the checkpoints.
    """

    generation_segment: int
    track_segment: int
    score: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        generation_segment = self.generation_segment

        track_segment = self.track_segment

        score = self.score

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "generation_segment": generation_segment,
                "track_segment": track_segment,
                "score": score,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        generation_segment = d.pop("generation_segment")

        track_segment = d.pop("track_segment")

        score = d.pop("score")

        pair = cls(
            generation_segment=generation_segment,
            track_segment=track_segment,
            score=score,
        )

        pair.additional_properties = d
        return pair

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
