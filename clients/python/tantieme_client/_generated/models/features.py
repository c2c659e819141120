from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID
import datetime


T = TypeVar("T", bound="Features")


@_attrs_define
class Features:
    """Rows that you computed of a piece, and what you committed to by sending them.

    Attributes:
        generation (UUID):
        sha256 (str): Of the file.
        size_bytes (int):
        commitment_root (str): Over the commitments to all segments.
        segment_count (int):
        feature_store_sha256 (str):
        standing (str): * `unverified` - Unverified
            * `recomputed` - Recomputed
            * `sampled` - Sampled
            * `opened` - Opened
            * `refuted` - Refuted
            * `overdue` - Overdue
        received_at (datetime.datetime):
    """

    generation: UUID
    sha256: str
    size_bytes: int
    commitment_root: str
    segment_count: int
    feature_store_sha256: str
    standing: str
    received_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        generation = str(self.generation)

        sha256 = self.sha256

        size_bytes = self.size_bytes

        commitment_root = self.commitment_root

        segment_count = self.segment_count

        feature_store_sha256 = self.feature_store_sha256

        standing = self.standing

        received_at = self.received_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "generation": generation,
                "sha256": sha256,
                "size_bytes": size_bytes,
                "commitment_root": commitment_root,
                "segment_count": segment_count,
                "feature_store_sha256": feature_store_sha256,
                "standing": standing,
                "received_at": received_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        generation = UUID(d.pop("generation"))

        sha256 = d.pop("sha256")

        size_bytes = d.pop("size_bytes")

        commitment_root = d.pop("commitment_root")

        segment_count = d.pop("segment_count")

        feature_store_sha256 = d.pop("feature_store_sha256")

        standing = d.pop("standing")

        received_at = datetime.datetime.fromisoformat(d.pop("received_at"))

        features = cls(
            generation=generation,
            sha256=sha256,
            size_bytes=size_bytes,
            commitment_root=commitment_root,
            segment_count=segment_count,
            feature_store_sha256=feature_store_sha256,
            standing=standing,
            received_at=received_at,
        )

        features.additional_properties = d
        return features

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
