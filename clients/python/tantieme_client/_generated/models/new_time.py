from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime


T = TypeVar("T", bound="NewTime")


@_attrs_define
class NewTime:
    """To when the clock is moved.

    Attributes:
        advance_to (datetime.datetime): With a time zone; later than now, by a year at most.
    """

    advance_to: datetime.datetime

    def to_dict(self) -> dict[str, Any]:
        advance_to = self.advance_to.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "advance_to": advance_to,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        advance_to = datetime.datetime.fromisoformat(d.pop("advance_to"))

        new_time = cls(
            advance_to=advance_to,
        )

        return new_time
