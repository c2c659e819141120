from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.summary_entry import SummaryEntry


T = TypeVar("T", bound="SummarySection")


@_attrs_define
class SummarySection:
    """A section of the template.

    Attributes:
        number (str):
        title (str):
        entries (list[SummaryEntry]):
    """

    number: str
    title: str
    entries: list[SummaryEntry]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.summary_entry import SummaryEntry  # noqa: PLC0415

        number = self.number

        title = self.title

        entries = []
        for entries_item_data in self.entries:
            entries_item = entries_item_data.to_dict()
            entries.append(entries_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "title": title,
                "entries": entries,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.summary_entry import SummaryEntry  # noqa: PLC0415

        d = dict(src_dict)
        number = d.pop("number")

        title = d.pop("title")

        entries = []
        _entries = d.pop("entries")
        for entries_item_data in _entries:
            entries_item = SummaryEntry.from_dict(entries_item_data)

            entries.append(entries_item)

        summary_section = cls(
            number=number,
            title=title,
            entries=entries,
        )

        summary_section.additional_properties = d
        return summary_section

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
