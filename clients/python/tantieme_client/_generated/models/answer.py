from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.opening import Opening


T = TypeVar("T", bound="Answer")


@_attrs_define
class Answer:
    """The opened segments, in any order.

    Attributes:
        openings (list[Opening]):
    """

    openings: list[Opening]

    def to_dict(self) -> dict[str, Any]:
        from ..models.opening import Opening  # noqa: PLC0415

        openings = []
        for openings_item_data in self.openings:
            openings_item = openings_item_data.to_dict()
            openings.append(openings_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "openings": openings,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.opening import Opening  # noqa: PLC0415

        d = dict(src_dict)
        openings = []
        _openings = d.pop("openings")
        for openings_item_data in _openings:
            openings_item = Opening.from_dict(openings_item_data)

            openings.append(openings_item)

        answer = cls(
            openings=openings,
        )

        return answer
