from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.member import Member


T = TypeVar("T", bound="NewTrainingSet")


@_attrs_define
class NewTrainingSet:
    """What a model version is trained on.

    Attributes:
        as_of (datetime.date): The day on which every consent must be valid.
        members (list[Member]):
        leave_out_unconsented (bool | Unset): Freeze without the tracks that may not be used, and keep why each was left
            out; else any of them refuses all.
    """

    as_of: datetime.date
    members: list[Member]
    leave_out_unconsented: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.member import Member  # noqa: PLC0415

        as_of = self.as_of.isoformat()

        members = []
        for members_item_data in self.members:
            members_item = members_item_data.to_dict()
            members.append(members_item)

        leave_out_unconsented = self.leave_out_unconsented

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "as_of": as_of,
                "members": members,
            }
        )
        if leave_out_unconsented is not UNSET:
            field_dict["leave_out_unconsented"] = leave_out_unconsented

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.member import Member  # noqa: PLC0415

        d = dict(src_dict)
        as_of = datetime.date.fromisoformat(d.pop("as_of"))

        members = []
        _members = d.pop("members")
        for members_item_data in _members:
            members_item = Member.from_dict(members_item_data)

            members.append(members_item)

        leave_out_unconsented = d.pop("leave_out_unconsented", UNSET)

        new_training_set = cls(
            as_of=as_of,
            members=members,
            leave_out_unconsented=leave_out_unconsented,
        )

        return new_training_set
