from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="Opening")


@_attrs_define
class Opening:
    """One segment, revealed.

    Attributes:
        number (int):
        content (str): The segment's bytes, in base64.
        salt (str): 32 bytes, in hexadecimal.
    """

    number: int
    content: str
    salt: str

    def to_dict(self) -> dict[str, Any]:
        number = self.number

        content = self.content

        salt = self.salt

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "number": number,
                "content": content,
                "salt": salt,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        number = d.pop("number")

        content = d.pop("content")

        salt = d.pop("salt")

        opening = cls(
            number=number,
            content=content,
            salt=salt,
        )

        return opening
