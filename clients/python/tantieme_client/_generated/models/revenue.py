from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
import datetime


T = TypeVar("T", bound="Revenue")


@_attrs_define
class Revenue:
    """Money that you earned by a subscription or by one piece, or owe for having trained.

    Attributes:
        event_id (str): Your own name for the event; it counts once.
        service (str): Which of your services; it decides the contract.
        kind (str): * `subscription` - Subscription
            * `output` - Output
            * `training` - Training
        amount (str): Gross, as text, so that no cent is lost: `9.99`.
        currency (str): By ISO 4217, such as `EUR`.
        earned_on (datetime.date):
        corrects (str | Unset): The `event_id` of an earlier event, which this one replaces.
        subscriber (str | Unset): Of a subscription: who paid, as a pseudonym.
        generation (str | Unset): Of an output: the piece's `external_id`.
    """

    event_id: str
    service: str
    kind: str
    amount: str
    currency: str
    earned_on: datetime.date
    corrects: str | Unset = UNSET
    subscriber: str | Unset = UNSET
    generation: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        event_id = self.event_id

        service = self.service

        kind = self.kind

        amount = self.amount

        currency = self.currency

        earned_on = self.earned_on.isoformat()

        corrects = self.corrects

        subscriber = self.subscriber

        generation = self.generation

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "event_id": event_id,
                "service": service,
                "kind": kind,
                "amount": amount,
                "currency": currency,
                "earned_on": earned_on,
            }
        )
        if corrects is not UNSET:
            field_dict["corrects"] = corrects
        if subscriber is not UNSET:
            field_dict["subscriber"] = subscriber
        if generation is not UNSET:
            field_dict["generation"] = generation

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        event_id = d.pop("event_id")

        service = d.pop("service")

        kind = d.pop("kind")

        amount = d.pop("amount")

        currency = d.pop("currency")

        earned_on = datetime.date.fromisoformat(d.pop("earned_on"))

        corrects = d.pop("corrects", UNSET)

        subscriber = d.pop("subscriber", UNSET)

        generation = d.pop("generation", UNSET)

        revenue = cls(
            event_id=event_id,
            service=service,
            kind=kind,
            amount=amount,
            currency=currency,
            earned_on=earned_on,
            corrects=corrects,
            subscriber=subscriber,
            generation=generation,
        )

        return revenue
