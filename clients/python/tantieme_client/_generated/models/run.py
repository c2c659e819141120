from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID
import datetime


T = TypeVar("T", bound="Run")


@_attrs_define
class Run:
    """How the shares were measured, to the last byte that they depend on.

    Attributes:
        id (UUID):
        method (str):
        code_version (str):
        feature_store_sha256 (str):
        training_set_sha256 (str):
        finished_at (datetime.datetime):
        quality (Any): Reliability figures of the run: `gate_z` is how far above chance a track must score,
            `false_payment` what untrained control tracks would have been paid.
    """

    id: UUID
    method: str
    code_version: str
    feature_store_sha256: str
    training_set_sha256: str
    finished_at: datetime.datetime
    quality: Any
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        method = self.method

        code_version = self.code_version

        feature_store_sha256 = self.feature_store_sha256

        training_set_sha256 = self.training_set_sha256

        finished_at = self.finished_at.isoformat()

        quality = self.quality

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "method": method,
                "code_version": code_version,
                "feature_store_sha256": feature_store_sha256,
                "training_set_sha256": training_set_sha256,
                "finished_at": finished_at,
                "quality": quality,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        method = d.pop("method")

        code_version = d.pop("code_version")

        feature_store_sha256 = d.pop("feature_store_sha256")

        training_set_sha256 = d.pop("training_set_sha256")

        finished_at = datetime.datetime.fromisoformat(d.pop("finished_at"))

        quality = d.pop("quality")

        run = cls(
            id=id,
            method=method,
            code_version=code_version,
            feature_store_sha256=feature_store_sha256,
            training_set_sha256=training_set_sha256,
            finished_at=finished_at,
            quality=quality,
        )

        run.additional_properties = d
        return run

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
