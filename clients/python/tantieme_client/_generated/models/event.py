from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.event_data import EventData


T = TypeVar("T", bound="Event")


@_attrs_define
class Event:
    """Something that happened, as endpoints are told of it.

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
        timestamp (datetime.datetime):
        data (EventData): By type; see the description's part on webhooks.
    """

    id: str
    type_: str
    timestamp: datetime.datetime
    data: EventData
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.event_data import EventData  # noqa: PLC0415

        id = self.id

        type_ = self.type_

        timestamp = self.timestamp.isoformat()

        data = self.data.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "type": type_,
                "timestamp": timestamp,
                "data": data,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.event_data import EventData  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        type_ = d.pop("type")

        timestamp = datetime.datetime.fromisoformat(d.pop("timestamp"))

        data = EventData.from_dict(d.pop("data"))

        event = cls(
            id=id,
            type_=type_,
            timestamp=timestamp,
            data=data,
        )

        event.additional_properties = d
        return event

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
