from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime


T = TypeVar("T", bound="Lot")


@_attrs_define
class Lot:
    """A day's lot: bound before the day by a hash, and shown after it.

    Attributes:
        model_version (str):
        day (datetime.date): In UTC: features that were received on it.
        commitment (str): Of the secret, published beforehand.
        committed_at (datetime.datetime):
        secret (None | str): Null until the day is over.
    """

    model_version: str
    day: datetime.date
    commitment: str
    committed_at: datetime.datetime
    secret: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        model_version = self.model_version

        day = self.day.isoformat()

        commitment = self.commitment

        committed_at = self.committed_at.isoformat()

        secret: None | str
        secret = self.secret

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "model_version": model_version,
                "day": day,
                "commitment": commitment,
                "committed_at": committed_at,
                "secret": secret,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        model_version = d.pop("model_version")

        day = datetime.date.fromisoformat(d.pop("day"))

        commitment = d.pop("commitment")

        committed_at = datetime.datetime.fromisoformat(d.pop("committed_at"))

        def _parse_secret(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        secret = _parse_secret(d.pop("secret"))

        lot = cls(
            model_version=model_version,
            day=day,
            commitment=commitment,
            committed_at=committed_at,
            secret=secret,
        )

        lot.additional_properties = d
        return lot

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
