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


T = TypeVar("T", bound="NewPiece")


@_attrs_define
class NewPiece:
    """A piece that is sent as JSON: `tokens`, or an `upload` of audio, or `features` alone or with
    one of the two.

        Attributes:
            external_id (str): Your own name for the piece; uses and revenue refer to it. Never reused.
            model_version (str): What generated it: `name@version`, or the id.
            generated_at (datetime.datetime): With a time zone.
            tokens (list[int] | Unset): Of the reference vocabulary; they become the piece's MIDI file.
            upload (UUID | Unset): A completed upload for `audio`; it needs `features` too where no registered checkpoint
                reads sound.
            features (UUID | Unset): A completed upload for `generation_features`.
    """

    external_id: str
    model_version: str
    generated_at: datetime.datetime
    tokens: list[int] | Unset = UNSET
    upload: UUID | Unset = UNSET
    features: UUID | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        external_id = self.external_id

        model_version = self.model_version

        generated_at = self.generated_at.isoformat()

        tokens: list[int] | Unset = UNSET
        if not isinstance(self.tokens, Unset):
            tokens = self.tokens

        upload: str | Unset = UNSET
        if not isinstance(self.upload, Unset):
            upload = str(self.upload)

        features: str | Unset = UNSET
        if not isinstance(self.features, Unset):
            features = str(self.features)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "external_id": external_id,
                "model_version": model_version,
                "generated_at": generated_at,
            }
        )
        if tokens is not UNSET:
            field_dict["tokens"] = tokens
        if upload is not UNSET:
            field_dict["upload"] = upload
        if features is not UNSET:
            field_dict["features"] = features

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        external_id = d.pop("external_id")

        model_version = d.pop("model_version")

        generated_at = datetime.datetime.fromisoformat(d.pop("generated_at"))

        tokens = cast(list[int], d.pop("tokens", UNSET))

        _upload = d.pop("upload", UNSET)
        upload: UUID | Unset
        if isinstance(_upload, Unset):
            upload = UNSET
        else:
            upload = UUID(_upload)

        _features = d.pop("features", UNSET)
        features: UUID | Unset
        if isinstance(_features, Unset):
            features = UNSET
        else:
            features = UUID(_features)

        new_piece = cls(
            external_id=external_id,
            model_version=model_version,
            generated_at=generated_at,
            tokens=tokens,
            upload=upload,
            features=features,
        )

        return new_piece
