from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID
import datetime


T = TypeVar("T", bound="OneUpload")


@_attrs_define
class OneUpload:
    """A file that comes in parts, with the parts that are here.

    Attributes:
        id (UUID): What to send as `upload` where the file is used.
        url (str):
        purpose (str): * `checkpoint` - weights of a model version (safetensors)
            * `feature_store` - features of a training set, computed by the platform
            * `generation_features` - features of a piece, computed by the platform
            * `audio` - a piece as audio
            * `usage` - a file of uses
            * `revenue` - a file of revenue
            * `catalogue` - works and tracks, with or without their files
        status (str): * `open` - parts are taken
            * `verifying` - a job holds the whole against its sha256
            * `sealed` - it is whole and can be used
            * `failed` - it is not what was announced; see `error`
            * `used` - something was made of it
        size_bytes (int):
        sha256 (str):
        file_name (str): Yours; empty if you sent none.
        media_type (str): Empty if you sent none.
        part_bytes (int): Of every part but the last.
        part_count (int): Parts are numbered from 1 to this.
        received_count (int): How many parts are here.
        error (str): What is wrong if it failed; else empty.
        job (None | str): The job that verifies a large file.
        created_at (datetime.datetime):
        expires_at (datetime.datetime): When it goes if nothing is made of it.
        received_parts (list[int]): Numbers of the parts that are here; send the others.
    """

    id: UUID
    url: str
    purpose: str
    status: str
    size_bytes: int
    sha256: str
    file_name: str
    media_type: str
    part_bytes: int
    part_count: int
    received_count: int
    error: str
    job: None | str
    created_at: datetime.datetime
    expires_at: datetime.datetime
    received_parts: list[int]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        url = self.url

        purpose = self.purpose

        status = self.status

        size_bytes = self.size_bytes

        sha256 = self.sha256

        file_name = self.file_name

        media_type = self.media_type

        part_bytes = self.part_bytes

        part_count = self.part_count

        received_count = self.received_count

        error = self.error

        job: None | str
        job = self.job

        created_at = self.created_at.isoformat()

        expires_at = self.expires_at.isoformat()

        received_parts = self.received_parts

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "url": url,
                "purpose": purpose,
                "status": status,
                "size_bytes": size_bytes,
                "sha256": sha256,
                "file_name": file_name,
                "media_type": media_type,
                "part_bytes": part_bytes,
                "part_count": part_count,
                "received_count": received_count,
                "error": error,
                "job": job,
                "created_at": created_at,
                "expires_at": expires_at,
                "received_parts": received_parts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        url = d.pop("url")

        purpose = d.pop("purpose")

        status = d.pop("status")

        size_bytes = d.pop("size_bytes")

        sha256 = d.pop("sha256")

        file_name = d.pop("file_name")

        media_type = d.pop("media_type")

        part_bytes = d.pop("part_bytes")

        part_count = d.pop("part_count")

        received_count = d.pop("received_count")

        error = d.pop("error")

        def _parse_job(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        job = _parse_job(d.pop("job"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        received_parts = cast(list[int], d.pop("received_parts"))

        one_upload = cls(
            id=id,
            url=url,
            purpose=purpose,
            status=status,
            size_bytes=size_bytes,
            sha256=sha256,
            file_name=file_name,
            media_type=media_type,
            part_bytes=part_bytes,
            part_count=part_count,
            received_count=received_count,
            error=error,
            job=job,
            created_at=created_at,
            expires_at=expires_at,
            received_parts=received_parts,
        )

        one_upload.additional_properties = d
        return one_upload

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
