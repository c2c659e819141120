from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
import datetime


T = TypeVar("T", bound="Replay")


@_attrs_define
class Replay:
    """From when on events are to be sent once more.

    Attributes:
        since (datetime.datetime): Events are kept for 30 days.
        also_delivered (bool | Unset): Also those that the endpoint took. Default: False.
    """

    since: datetime.datetime
    also_delivered: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        since = self.since.isoformat()

        also_delivered = self.also_delivered

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "since": since,
            }
        )
        if also_delivered is not UNSET:
            field_dict["also_delivered"] = also_delivered

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        since = datetime.datetime.fromisoformat(d.pop("since"))

        also_delivered = d.pop("also_delivered", UNSET)

        replay = cls(
            since=since,
            also_delivered=also_delivered,
        )

        return replay
