from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
from uuid import UUID
import datetime


T = TypeVar("T", bound="NewGeneration")


@_attrs_define
class NewGeneration:
    """A piece that is sent as a form.

    Attributes:
        file (str): A file of at most 4 MiB: MIDI; or WAV, FLAC, Ogg or MP3, with `features`.
        external_id (str): Your own name for the piece; uses and revenue refer to it. Never reused.
        model_version (str): What generated it: `name@version`, or the id.
        generated_at (datetime.datetime): With a time zone.
        features (UUID | Unset): A completed upload for `generation_features`.
    """

    file: str
    external_id: str
    model_version: str
    generated_at: datetime.datetime
    features: UUID | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        file = self.file

        external_id = self.external_id

        model_version = self.model_version

        generated_at = self.generated_at.isoformat()

        features: str | Unset = UNSET
        if not isinstance(self.features, Unset):
            features = str(self.features)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "file": file,
                "external_id": external_id,
                "model_version": model_version,
                "generated_at": generated_at,
            }
        )
        if features is not UNSET:
            field_dict["features"] = features

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        file = d.pop("file")

        external_id = d.pop("external_id")

        model_version = d.pop("model_version")

        generated_at = datetime.datetime.fromisoformat(d.pop("generated_at"))

        _features = d.pop("features", UNSET)
        features: UUID | Unset
        if isinstance(_features, Unset):
            features = UNSET
        else:
            features = UUID(_features)

        new_generation = cls(
            file=file,
            external_id=external_id,
            model_version=model_version,
            generated_at=generated_at,
            features=features,
        )

        new_generation.additional_properties = d
        return new_generation

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
