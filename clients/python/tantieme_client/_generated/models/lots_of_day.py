from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime


T = TypeVar("T", bound="LotsOfDay")


@_attrs_define
class LotsOfDay:
    """What was drawn of the day on which the features were received.

    Attributes:
        day (datetime.date):
        commitment (None | str):
        secret (None | str):
        pieces (int): Of this model version on that day.
        drawn (int):
        checked (int): Of the drawn, those that something is known of.
        unseen_at_ten_percent (float): The chance that none of the checked had been false, had one in ten been so.
    """

    day: datetime.date
    commitment: None | str
    secret: None | str
    pieces: int
    drawn: int
    checked: int
    unseen_at_ten_percent: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        day = self.day.isoformat()

        commitment: None | str
        commitment = self.commitment

        secret: None | str
        secret = self.secret

        pieces = self.pieces

        drawn = self.drawn

        checked = self.checked

        unseen_at_ten_percent = self.unseen_at_ten_percent

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "day": day,
                "commitment": commitment,
                "secret": secret,
                "pieces": pieces,
                "drawn": drawn,
                "checked": checked,
                "unseen_at_ten_percent": unseen_at_ten_percent,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        day = datetime.date.fromisoformat(d.pop("day"))

        def _parse_commitment(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        commitment = _parse_commitment(d.pop("commitment"))

        def _parse_secret(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        secret = _parse_secret(d.pop("secret"))

        pieces = d.pop("pieces")

        drawn = d.pop("drawn")

        checked = d.pop("checked")

        unseen_at_ten_percent = d.pop("unseen_at_ten_percent")

        lots_of_day = cls(
            day=day,
            commitment=commitment,
            secret=secret,
            pieces=pieces,
            drawn=drawn,
            checked=checked,
            unseen_at_ten_percent=unseen_at_ten_percent,
        )

        lots_of_day.additional_properties = d
        return lots_of_day

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
