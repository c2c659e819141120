from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset


T = TypeVar("T", bound="StatedTrack")


@_attrs_define
class StatedTrack:
    """A track, by everything by which others may know it.

    Attributes:
        ref (str):
        title (str):
        isrc (str): May be empty.
        iswc (str): Of the work; may be empty.
        sha256 (str | Unset): Of the file; empty where there is none. Default: ''.
    """

    ref: str
    title: str
    isrc: str
    iswc: str
    sha256: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ref = self.ref

        title = self.title

        isrc = self.isrc

        iswc = self.iswc

        sha256 = self.sha256

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ref": ref,
                "title": title,
                "isrc": isrc,
                "iswc": iswc,
            }
        )
        if sha256 is not UNSET:
            field_dict["sha256"] = sha256

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        ref = d.pop("ref")

        title = d.pop("title")

        isrc = d.pop("isrc")

        iswc = d.pop("iswc")

        sha256 = d.pop("sha256", UNSET)

        stated_track = cls(
            ref=ref,
            title=title,
            isrc=isrc,
            iswc=iswc,
            sha256=sha256,
        )

        stated_track.additional_properties = d
        return stated_track

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
