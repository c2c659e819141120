from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
from uuid import UUID
import datetime


T = TypeVar("T", bound="NewCatalogueDelivery")


@_attrs_define
class NewCatalogueDelivery:
    """A completed upload, and on what terms it is delivered.

    Attributes:
        upload (UUID): The id of the completed upload.
        sender (str | Unset): Whose it is, by its code; not needed if you deliver for one sender.
        as_of (datetime.date | Unset): Since when changed shares hold where a row does not say; today unless told.
        take_good_rows (bool | Unset): Leave out rows that are at fault; else one of them refuses all. Default: False.
    """

    upload: UUID
    sender: str | Unset = UNSET
    as_of: datetime.date | Unset = UNSET
    take_good_rows: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        upload = str(self.upload)

        sender = self.sender

        as_of: str | Unset = UNSET
        if not isinstance(self.as_of, Unset):
            as_of = self.as_of.isoformat()

        take_good_rows = self.take_good_rows

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "upload": upload,
            }
        )
        if sender is not UNSET:
            field_dict["sender"] = sender
        if as_of is not UNSET:
            field_dict["as_of"] = as_of
        if take_good_rows is not UNSET:
            field_dict["take_good_rows"] = take_good_rows

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        upload = UUID(d.pop("upload"))

        sender = d.pop("sender", UNSET)

        _as_of = d.pop("as_of", UNSET)
        as_of: datetime.date | Unset
        if isinstance(_as_of, Unset):
            as_of = UNSET
        else:
            as_of = datetime.date.fromisoformat(_as_of)

        take_good_rows = d.pop("take_good_rows", UNSET)

        new_catalogue_delivery = cls(
            upload=upload,
            sender=sender,
            as_of=as_of,
            take_good_rows=take_good_rows,
        )

        return new_catalogue_delivery
