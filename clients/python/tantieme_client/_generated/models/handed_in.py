from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from uuid import UUID


T = TypeVar("T", bound="HandedIn")


@_attrs_define
class HandedIn:
    """A sealed upload, and how to take it in.

    Attributes:
        upload (UUID): The id of the completed upload.
        format_ (str | Unset): * `ndjson` - Ndjson
            * `csv` - Csv
            * `dsr` - Dsr
        late (bool | Unset): Keep events of closed periods too, until those are restated. Default: False.
        mode (str | Unset): * `all_or_nothing` - one faulty line, and nothing is taken
            * `good_lines` - faulty lines are left out, and told of Default: 'all_or_nothing'.
        result (str | Unset): * `refused` - the result tells of refused lines
            * `all` - the result tells of every line Default: 'refused'.
    """

    upload: UUID
    format_: str | Unset = UNSET
    late: bool | Unset = False
    mode: str | Unset = "all_or_nothing"
    result: str | Unset = "refused"

    def to_dict(self) -> dict[str, Any]:
        upload = str(self.upload)

        format_ = self.format_

        late = self.late

        mode = self.mode

        result = self.result

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "upload": upload,
            }
        )
        if format_ is not UNSET:
            field_dict["format"] = format_
        if late is not UNSET:
            field_dict["late"] = late
        if mode is not UNSET:
            field_dict["mode"] = mode
        if result is not UNSET:
            field_dict["result"] = result

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        upload = UUID(d.pop("upload"))

        format_ = d.pop("format", UNSET)

        late = d.pop("late", UNSET)

        mode = d.pop("mode", UNSET)

        result = d.pop("result", UNSET)

        handed_in = cls(
            upload=upload,
            format_=format_,
            late=late,
            mode=mode,
            result=result,
        )

        return handed_in
