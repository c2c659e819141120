from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
import datetime


T = TypeVar("T", bound="Restatement")


@_attrs_define
class Restatement:
    """The period was apportioned anew; the differences are in a later period's account.

    Attributes:
        id (int):
        kind (str): * `late_usage` - late usage
            * `attribution` - attributed anew
            * `ownership` - changed ownership
            * `dispute` - resolved dispute
            * `correction` - correction
        reason (str):
        created_at (datetime.datetime):
        posted_in (int | None | Unset): The period whose account has the differences, if there are any.
    """

    id: int
    kind: str
    reason: str
    created_at: datetime.datetime
    posted_in: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        kind = self.kind

        reason = self.reason

        created_at = self.created_at.isoformat()

        posted_in: int | None | Unset
        if isinstance(self.posted_in, Unset):
            posted_in = UNSET
        else:
            posted_in = self.posted_in

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "reason": reason,
                "created_at": created_at,
            }
        )
        if posted_in is not UNSET:
            field_dict["posted_in"] = posted_in

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        kind = d.pop("kind")

        reason = d.pop("reason")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_posted_in(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        posted_in = _parse_posted_in(d.pop("posted_in", UNSET))

        restatement = cls(
            id=id,
            kind=kind,
            reason=reason,
            created_at=created_at,
            posted_in=posted_in,
        )

        restatement.additional_properties = d
        return restatement

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
