from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime


T = TypeVar("T", bound="Intake")


@_attrs_define
class Intake:
    """What became of the events: new ones were counted, known ones had been before.

    Attributes:
        id (int): Of this intake.
        kind (str): * `usage` - Usage
            * `revenue` - Revenue
        events (int):
        new (int):
        known (int):
        sha256 (str): Of the lines as we read them.
        received_at (datetime.datetime):
    """

    id: int
    kind: str
    events: int
    new: int
    known: int
    sha256: str
    received_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        kind = self.kind

        events = self.events

        new = self.new

        known = self.known

        sha256 = self.sha256

        received_at = self.received_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "events": events,
                "new": new,
                "known": known,
                "sha256": sha256,
                "received_at": received_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        kind = d.pop("kind")

        events = d.pop("events")

        new = d.pop("new")

        known = d.pop("known")

        sha256 = d.pop("sha256")

        received_at = datetime.datetime.fromisoformat(d.pop("received_at"))

        intake = cls(
            id=id,
            kind=kind,
            events=events,
            new=new,
            known=known,
            sha256=sha256,
            received_at=received_at,
        )

        intake.additional_properties = d
        return intake

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
