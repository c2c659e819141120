from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast


T = TypeVar("T", bound="Gaps")


@_attrs_define
class Gaps:
    """Two gaps between rows: `1 - cosine`, and the difference of their lengths, relative.

    Attributes:
        cosine_gap (float | None):
        norm_gap (float | None):
    """

    cosine_gap: float | None
    norm_gap: float | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        cosine_gap: float | None
        cosine_gap = self.cosine_gap

        norm_gap: float | None
        norm_gap = self.norm_gap

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cosine_gap": cosine_gap,
                "norm_gap": norm_gap,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_cosine_gap(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        cosine_gap = _parse_cosine_gap(d.pop("cosine_gap"))

        def _parse_norm_gap(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        norm_gap = _parse_norm_gap(d.pop("norm_gap"))

        gaps = cls(
            cosine_gap=cosine_gap,
            norm_gap=norm_gap,
        )

        gaps.additional_properties = d
        return gaps

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
