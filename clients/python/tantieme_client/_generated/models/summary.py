from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.summary_section import SummarySection


T = TypeVar("T", bound="Summary")


@_attrs_define
class Summary:
    """The public summary of what a model was trained on, as far as the catalogue knows it.

    Attributes:
        template (str):
        model (str):
        platform (str):
        training_set_sha256 (str):
        frozen_as_of (datetime.date):
        sections (list[SummarySection]):
    """

    template: str
    model: str
    platform: str
    training_set_sha256: str
    frozen_as_of: datetime.date
    sections: list[SummarySection]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.summary_section import SummarySection  # noqa: PLC0415

        template = self.template

        model = self.model

        platform = self.platform

        training_set_sha256 = self.training_set_sha256

        frozen_as_of = self.frozen_as_of.isoformat()

        sections = []
        for sections_item_data in self.sections:
            sections_item = sections_item_data.to_dict()
            sections.append(sections_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "template": template,
                "model": model,
                "platform": platform,
                "training_set_sha256": training_set_sha256,
                "frozen_as_of": frozen_as_of,
                "sections": sections,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.summary_section import SummarySection  # noqa: PLC0415

        d = dict(src_dict)
        template = d.pop("template")

        model = d.pop("model")

        platform = d.pop("platform")

        training_set_sha256 = d.pop("training_set_sha256")

        frozen_as_of = datetime.date.fromisoformat(d.pop("frozen_as_of"))

        sections = []
        _sections = d.pop("sections")
        for sections_item_data in _sections:
            sections_item = SummarySection.from_dict(sections_item_data)

            sections.append(sections_item)

        summary = cls(
            template=template,
            model=model,
            platform=platform,
            training_set_sha256=training_set_sha256,
            frozen_as_of=frozen_as_of,
            sections=sections,
        )

        summary.additional_properties = d
        return summary

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
