from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime


T = TypeVar("T", bound="Health")


@_attrs_define
class Health:
    """That it answers, and who answers.

    Attributes:
        status (str): * `ok` - ok
        installation (str): * `live` - live
            * `sandbox` - sandbox
        version (str): Of the API; its changelog says what is new.
        now (datetime.datetime): Our clock: compare yours with it.
    """

    status: str
    installation: str
    version: str
    now: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status = self.status

        installation = self.installation

        version = self.version

        now = self.now.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "installation": installation,
                "version": version,
                "now": now,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        status = d.pop("status")

        installation = d.pop("installation")

        version = d.pop("version")

        now = datetime.datetime.fromisoformat(d.pop("now"))

        health = cls(
            status=status,
            installation=installation,
            version=version,
            now=now,
        )

        health.additional_properties = d
        return health

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
