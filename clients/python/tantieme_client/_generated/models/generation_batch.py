from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.generation import Generation


T = TypeVar("T", bound="GenerationBatch")


@_attrs_define
class GenerationBatch:
    """What became of the pieces.

    Attributes:
        new (int):
        known (int): Those that had been taken in before.
        generations (list[Generation]): One a line, in their order.
    """

    new: int
    known: int
    generations: list[Generation]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.generation import Generation  # noqa: PLC0415

        new = self.new

        known = self.known

        generations = []
        for generations_item_data in self.generations:
            generations_item = generations_item_data.to_dict()
            generations.append(generations_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "new": new,
                "known": known,
                "generations": generations,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.generation import Generation  # noqa: PLC0415

        d = dict(src_dict)
        new = d.pop("new")

        known = d.pop("known")

        generations = []
        _generations = d.pop("generations")
        for generations_item_data in _generations:
            generations_item = Generation.from_dict(generations_item_data)

            generations.append(generations_item)

        generation_batch = cls(
            new=new,
            known=known,
            generations=generations,
        )

        generation_batch.additional_properties = d
        return generation_batch

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
