from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast


T = TypeVar("T", bound="CatalogueWork")


@_attrs_define
class CatalogueWork:
    """A composition.

    Attributes:
        ref (str):
        title (str):
        version (str): Such as an arrangement; may be empty.
        collection (str): What it is part of; may be empty.
        iswc (str): Without dots and hyphens; empty if none is known.
        language (str): Of the words, by BCP 47; may be empty.
        derived_from (None | str): The work that it is a version of; null if it is none, or you may not see that.
    """

    ref: str
    title: str
    version: str
    collection: str
    iswc: str
    language: str
    derived_from: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ref = self.ref

        title = self.title

        version = self.version

        collection = self.collection

        iswc = self.iswc

        language = self.language

        derived_from: None | str
        derived_from = self.derived_from

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ref": ref,
                "title": title,
                "version": version,
                "collection": collection,
                "iswc": iswc,
                "language": language,
                "derived_from": derived_from,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        ref = d.pop("ref")

        title = d.pop("title")

        version = d.pop("version")

        collection = d.pop("collection")

        iswc = d.pop("iswc")

        language = d.pop("language")

        def _parse_derived_from(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        derived_from = _parse_derived_from(d.pop("derived_from"))

        catalogue_work = cls(
            ref=ref,
            title=title,
            version=version,
            collection=collection,
            iswc=iswc,
            language=language,
            derived_from=derived_from,
        )

        catalogue_work.additional_properties = d
        return catalogue_work

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
