from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="Held")


@_attrs_define
class Held:
    """Money of your contract that is held until it is known whose it is.

    Attributes:
        kind (str): * `held_unattributed` - held: no track accounts for it
            * `held_unclaimed` - held: the track's owner is not known
            * `held_no_use` - held: nothing was used
            * `held_disputed` - held: its owners disagree
            * `held_unverified` - held: its features are not verified
        opening (str):
        closing (str):
    """

    kind: str
    opening: str
    closing: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind

        opening = self.opening

        closing = self.closing

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "opening": opening,
                "closing": closing,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = d.pop("kind")

        opening = d.pop("opening")

        closing = d.pop("closing")

        held = cls(
            kind=kind,
            opening=opening,
            closing=closing,
        )

        held.additional_properties = d
        return held

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
