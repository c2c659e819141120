from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset


T = TypeVar("T", bound="NewUpload")


@_attrs_define
class NewUpload:
    """A file that is to come.

    Attributes:
        purpose (str): * `checkpoint` - weights of a model version (safetensors)
            * `feature_store` - features of a training set, computed by the platform
            * `generation_features` - features of a piece, computed by the platform
            * `audio` - a piece as audio
            * `usage` - a file of uses
            * `revenue` - a file of revenue
            * `catalogue` - works and tracks, with or without their files
        size_bytes (int):
        sha256 (str): Of the whole file, in hexadecimal.
        file_name (str | Unset): Yours; it is only shown.
        media_type (str | Unset):
    """

    purpose: str
    size_bytes: int
    sha256: str
    file_name: str | Unset = UNSET
    media_type: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        purpose = self.purpose

        size_bytes = self.size_bytes

        sha256 = self.sha256

        file_name = self.file_name

        media_type = self.media_type

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "purpose": purpose,
                "size_bytes": size_bytes,
                "sha256": sha256,
            }
        )
        if file_name is not UNSET:
            field_dict["file_name"] = file_name
        if media_type is not UNSET:
            field_dict["media_type"] = media_type

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        purpose = d.pop("purpose")

        size_bytes = d.pop("size_bytes")

        sha256 = d.pop("sha256")

        file_name = d.pop("file_name", UNSET)

        media_type = d.pop("media_type", UNSET)

        new_upload = cls(
            purpose=purpose,
            size_bytes=size_bytes,
            sha256=sha256,
            file_name=file_name,
            media_type=media_type,
        )

        return new_upload
