from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.held import Held
    from ..models.move import Move


T = TypeVar("T", bound="Account")


@_attrs_define
class Account:
    """Your account under a contract over a period. `opening` and `moves` sum to `closing`.

    Positive: you owe. Held money is told beside it, and is part of what was shared.

        Attributes:
            period (int):
            contract (str):
            currency (str):
            starts_on (datetime.date):
            ends_on (datetime.date): The first day after it.
            is_final (bool): The period is closed; nothing will be added.
            opening (str): What you owed before.
            moves (list[Move]):
            closing (str): What you owe after it.
            held (list[Held]):
    """

    period: int
    contract: str
    currency: str
    starts_on: datetime.date
    ends_on: datetime.date
    is_final: bool
    opening: str
    moves: list[Move]
    closing: str
    held: list[Held]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.held import Held  # noqa: PLC0415
        from ..models.move import Move  # noqa: PLC0415

        period = self.period

        contract = self.contract

        currency = self.currency

        starts_on = self.starts_on.isoformat()

        ends_on = self.ends_on.isoformat()

        is_final = self.is_final

        opening = self.opening

        moves = []
        for moves_item_data in self.moves:
            moves_item = moves_item_data.to_dict()
            moves.append(moves_item)

        closing = self.closing

        held = []
        for held_item_data in self.held:
            held_item = held_item_data.to_dict()
            held.append(held_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "period": period,
                "contract": contract,
                "currency": currency,
                "starts_on": starts_on,
                "ends_on": ends_on,
                "is_final": is_final,
                "opening": opening,
                "moves": moves,
                "closing": closing,
                "held": held,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.held import Held  # noqa: PLC0415
        from ..models.move import Move  # noqa: PLC0415

        d = dict(src_dict)
        period = d.pop("period")

        contract = d.pop("contract")

        currency = d.pop("currency")

        starts_on = datetime.date.fromisoformat(d.pop("starts_on"))

        ends_on = datetime.date.fromisoformat(d.pop("ends_on"))

        is_final = d.pop("is_final")

        opening = d.pop("opening")

        moves = []
        _moves = d.pop("moves")
        for moves_item_data in _moves:
            moves_item = Move.from_dict(moves_item_data)

            moves.append(moves_item)

        closing = d.pop("closing")

        held = []
        _held = d.pop("held")
        for held_item_data in _held:
            held_item = Held.from_dict(held_item_data)

            held.append(held_item)

        account = cls(
            period=period,
            contract=contract,
            currency=currency,
            starts_on=starts_on,
            ends_on=ends_on,
            is_final=is_final,
            opening=opening,
            moves=moves,
            closing=closing,
            held=held,
        )

        account.additional_properties = d
        return account

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
