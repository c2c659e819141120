from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="EventOfDelivery")


@_attrs_define
class EventOfDelivery:
    """Which event is delivered.

    Attributes:
        id (str):
        type_ (str): * `ping` - ping
            * `generation.attributed` - generation.attributed
            * `generation.attribution_failed` - generation.attribution_failed
            * `job.finished` - job.finished
            * `challenge.created` - challenge.created
            * `features.refuted` - features.refuted
            * `model_version.ready` - model_version.ready
            * `intake.taken` - intake.taken
            * `intake.refused` - intake.refused
            * `period.closed` - period.closed
            * `period.published` - period.published
            * `invoice.issued` - invoice.issued
            * `invoice.settled` - invoice.settled
            * `conflict.opened` - conflict.opened
            * `conflict.settled` - conflict.settled
            * `consent.withdrawn` - consent.withdrawn
            * `key.expiring` - key.expiring
    """

    id: str
    type_: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        type_ = self.type_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        type_ = d.pop("type")

        event_of_delivery = cls(
            id=id,
            type_=type_,
        )

        event_of_delivery.additional_properties = d
        return event_of_delivery

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
