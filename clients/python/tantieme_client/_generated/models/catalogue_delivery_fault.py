from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="CatalogueDeliveryFault")


@_attrs_define
class CatalogueDeliveryFault:
    """One thing that is wrong with a row, or why it waits.

    Attributes:
        field (str): The column; empty if no single one is at fault.
        message (str): What is wrong, and what to do.
        repair (str): What to write instead, where that can be told.
        rule (str): What found it.
    """

    field: str
    message: str
    repair: str
    rule: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field = self.field

        message = self.message

        repair = self.repair

        rule = self.rule

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "field": field,
                "message": message,
                "repair": repair,
                "rule": rule,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        field = d.pop("field")

        message = d.pop("message")

        repair = d.pop("repair")

        rule = d.pop("rule")

        catalogue_delivery_fault = cls(
            field=field,
            message=message,
            repair=repair,
            rule=rule,
        )

        catalogue_delivery_fault.additional_properties = d
        return catalogue_delivery_fault

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
