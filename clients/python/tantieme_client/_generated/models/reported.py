from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.reported_revenue import ReportedRevenue


T = TypeVar("T", bound="Reported")


@_attrs_define
class Reported:
    """What stands of your reports: corrected events count as you corrected them.

    Attributes:
        uses (int):
        pieces (int): How many were used.
        revenue (list[ReportedRevenue]):
    """

    uses: int
    pieces: int
    revenue: list[ReportedRevenue]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.reported_revenue import ReportedRevenue  # noqa: PLC0415

        uses = self.uses

        pieces = self.pieces

        revenue = []
        for revenue_item_data in self.revenue:
            revenue_item = revenue_item_data.to_dict()
            revenue.append(revenue_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "uses": uses,
                "pieces": pieces,
                "revenue": revenue,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reported_revenue import ReportedRevenue  # noqa: PLC0415

        d = dict(src_dict)
        uses = d.pop("uses")

        pieces = d.pop("pieces")

        revenue = []
        _revenue = d.pop("revenue")
        for revenue_item_data in _revenue:
            revenue_item = ReportedRevenue.from_dict(revenue_item_data)

            revenue.append(revenue_item)

        reported = cls(
            uses=uses,
            pieces=pieces,
            revenue=revenue,
        )

        reported.additional_properties = d
        return reported

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
