from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from uuid import UUID


T = TypeVar("T", bound="NewFeatures")


@_attrs_define
class NewFeatures:
    """Features of a piece that was sent before.

    Attributes:
        upload (UUID): A completed upload for `generation_features`.
    """

    upload: UUID

    def to_dict(self) -> dict[str, Any]:
        upload = str(self.upload)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "upload": upload,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        upload = UUID(d.pop("upload"))

        new_features = cls(
            upload=upload,
        )

        return new_features
