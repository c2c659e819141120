from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
import datetime


T = TypeVar("T", bound="Usage")


@_attrs_define
class Usage:
    """A subscriber used a piece.

    Attributes:
        event_id (str): Your own name for the event; it counts once.
        service (str): Which of your services; it decides the contract.
        generation (str): The piece's `external_id`.
        subscriber (str): A pseudonym, never a name or an address.
        used_at (datetime.datetime): With a time zone; the day is that of UTC.
        count (int): 0 in a correction only.
        corrects (str | Unset): The `event_id` of an earlier event, which this one replaces.
    """

    event_id: str
    service: str
    generation: str
    subscriber: str
    used_at: datetime.datetime
    count: int
    corrects: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        event_id = self.event_id

        service = self.service

        generation = self.generation

        subscriber = self.subscriber

        used_at = self.used_at.isoformat()

        count = self.count

        corrects = self.corrects

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "event_id": event_id,
                "service": service,
                "generation": generation,
                "subscriber": subscriber,
                "used_at": used_at,
                "count": count,
            }
        )
        if corrects is not UNSET:
            field_dict["corrects"] = corrects

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        event_id = d.pop("event_id")

        service = d.pop("service")

        generation = d.pop("generation")

        subscriber = d.pop("subscriber")

        used_at = datetime.datetime.fromisoformat(d.pop("used_at"))

        count = d.pop("count")

        corrects = d.pop("corrects", UNSET)

        usage = cls(
            event_id=event_id,
            service=service,
            generation=generation,
            subscriber=subscriber,
            used_at=used_at,
            count=count,
            corrects=corrects,
        )

        return usage
