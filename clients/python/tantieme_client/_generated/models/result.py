from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.part import Part


T = TypeVar("T", bound="Result")


@_attrs_define
class Result:
    """What came of a period. `gross` less `commission` is the `pool`; its `parts` and those of the
    guarantee sum to `pool` and `guarantee`; these less `returned` are `due`, before VAT.

        Attributes:
            is_final (bool): The period is closed.
            computed_at (datetime.datetime):
            uses (int):
            uses_left_out (int): They look like nobody's listening and do not count.
            gross (str):
            commission (str): What you keep.
            pool (str): What is shared.
            guarantee (str): What it lacked to what is guaranteed.
            returned (str): Goes back to you by contract.
            due (str): What you owe for the period, before VAT.
            attributed_ppb (int): Of pool and guarantee, what follows from attributions.
            parts (list[Part]):
    """

    is_final: bool
    computed_at: datetime.datetime
    uses: int
    uses_left_out: int
    gross: str
    commission: str
    pool: str
    guarantee: str
    returned: str
    due: str
    attributed_ppb: int
    parts: list[Part]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.part import Part  # noqa: PLC0415

        is_final = self.is_final

        computed_at = self.computed_at.isoformat()

        uses = self.uses

        uses_left_out = self.uses_left_out

        gross = self.gross

        commission = self.commission

        pool = self.pool

        guarantee = self.guarantee

        returned = self.returned

        due = self.due

        attributed_ppb = self.attributed_ppb

        parts = []
        for parts_item_data in self.parts:
            parts_item = parts_item_data.to_dict()
            parts.append(parts_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "is_final": is_final,
                "computed_at": computed_at,
                "uses": uses,
                "uses_left_out": uses_left_out,
                "gross": gross,
                "commission": commission,
                "pool": pool,
                "guarantee": guarantee,
                "returned": returned,
                "due": due,
                "attributed_ppb": attributed_ppb,
                "parts": parts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.part import Part  # noqa: PLC0415

        d = dict(src_dict)
        is_final = d.pop("is_final")

        computed_at = datetime.datetime.fromisoformat(d.pop("computed_at"))

        uses = d.pop("uses")

        uses_left_out = d.pop("uses_left_out")

        gross = d.pop("gross")

        commission = d.pop("commission")

        pool = d.pop("pool")

        guarantee = d.pop("guarantee")

        returned = d.pop("returned")

        due = d.pop("due")

        attributed_ppb = d.pop("attributed_ppb")

        parts = []
        _parts = d.pop("parts")
        for parts_item_data in _parts:
            parts_item = Part.from_dict(parts_item_data)

            parts.append(parts_item)

        result = cls(
            is_final=is_final,
            computed_at=computed_at,
            uses=uses,
            uses_left_out=uses_left_out,
            gross=gross,
            commission=commission,
            pool=pool,
            guarantee=guarantee,
            returned=returned,
            due=due,
            attributed_ppb=attributed_ppb,
            parts=parts,
        )

        result.additional_properties = d
        return result

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
