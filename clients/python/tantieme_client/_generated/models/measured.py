from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast


T = TypeVar("T", bound="Measured")


@_attrs_define
class Measured:
    """Whose rows of a piece were scored, and what is known of them.

    Attributes:
        computed_by (str): * `us` - us
            * `platform` - platform
        feature_store_sha256 (str):
        commitment_root (None | str): Over the commitments to the piece's segments, if you sent them.
        standing (None | str): What is known of whether rows that you sent are the piece's.

            * `unverified` - Unverified
            * `recomputed` - Recomputed
            * `sampled` - Sampled
            * `opened` - Opened
            * `refuted` - Refuted
            * `overdue` - Overdue
        verification (None | str): The same in words, as payees read it.
    """

    computed_by: str
    feature_store_sha256: str
    commitment_root: None | str
    standing: None | str
    verification: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        computed_by = self.computed_by

        feature_store_sha256 = self.feature_store_sha256

        commitment_root: None | str
        commitment_root = self.commitment_root

        standing: None | str
        standing = self.standing

        verification: None | str
        verification = self.verification

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "computed_by": computed_by,
                "feature_store_sha256": feature_store_sha256,
                "commitment_root": commitment_root,
                "standing": standing,
                "verification": verification,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        computed_by = d.pop("computed_by")

        feature_store_sha256 = d.pop("feature_store_sha256")

        def _parse_commitment_root(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        commitment_root = _parse_commitment_root(d.pop("commitment_root"))

        def _parse_standing(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        standing = _parse_standing(d.pop("standing"))

        def _parse_verification(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        verification = _parse_verification(d.pop("verification"))

        measured = cls(
            computed_by=computed_by,
            feature_store_sha256=feature_store_sha256,
            commitment_root=commitment_root,
            standing=standing,
            verification=verification,
        )

        measured.additional_properties = d
        return measured

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
