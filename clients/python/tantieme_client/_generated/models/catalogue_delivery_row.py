from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.catalogue_delivery_fault import CatalogueDeliveryFault
    from ..models.catalogue_delivery_row_cells import CatalogueDeliveryRowCells


T = TypeVar("T", bound="CatalogueDeliveryRow")


@_attrs_define
class CatalogueDeliveryRow:
    """A row, and what became or would become of it.

    Attributes:
        number (int): The header is 1; 0 means the whole file.
        place (str): Where it stands, in the words of its format.
        kind (str): `track`, `work`, or empty if it names none.
        ref (str): The track_id or work_id.
        outcome (str): * `created` - created
            * `changed` - changed
            * `unchanged` - unchanged
            * `rejected` - rejected
            * `held back` - held back
            * `quarantined` - quarantined
        is_written (bool): Whether the catalogue says it now.
        changes (list[str]): What differs from the catalogue.
        faults (list[CatalogueDeliveryFault]):
        cells (CatalogueDeliveryRowCells): As they were delivered.
    """

    number: int
    place: str
    kind: str
    ref: str
    outcome: str
    is_written: bool
    changes: list[str]
    faults: list[CatalogueDeliveryFault]
    cells: CatalogueDeliveryRowCells
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.catalogue_delivery_fault import CatalogueDeliveryFault  # noqa: PLC0415
        from ..models.catalogue_delivery_row_cells import CatalogueDeliveryRowCells  # noqa: PLC0415

        number = self.number

        place = self.place

        kind = self.kind

        ref = self.ref

        outcome = self.outcome

        is_written = self.is_written

        changes = self.changes

        faults = []
        for faults_item_data in self.faults:
            faults_item = faults_item_data.to_dict()
            faults.append(faults_item)

        cells = self.cells.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "place": place,
                "kind": kind,
                "ref": ref,
                "outcome": outcome,
                "is_written": is_written,
                "changes": changes,
                "faults": faults,
                "cells": cells,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.catalogue_delivery_fault import CatalogueDeliveryFault  # noqa: PLC0415
        from ..models.catalogue_delivery_row_cells import CatalogueDeliveryRowCells  # noqa: PLC0415

        d = dict(src_dict)
        number = d.pop("number")

        place = d.pop("place")

        kind = d.pop("kind")

        ref = d.pop("ref")

        outcome = d.pop("outcome")

        is_written = d.pop("is_written")

        changes = cast(list[str], d.pop("changes"))

        faults = []
        _faults = d.pop("faults")
        for faults_item_data in _faults:
            faults_item = CatalogueDeliveryFault.from_dict(faults_item_data)

            faults.append(faults_item)

        cells = CatalogueDeliveryRowCells.from_dict(d.pop("cells"))

        catalogue_delivery_row = cls(
            number=number,
            place=place,
            kind=kind,
            ref=ref,
            outcome=outcome,
            is_written=is_written,
            changes=changes,
            faults=faults,
            cells=cells,
        )

        catalogue_delivery_row.additional_properties = d
        return catalogue_delivery_row

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
