from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
import datetime


T = TypeVar("T", bound="ConsentQuestion")


@_attrs_define
class ConsentQuestion:
    """Which tracks, for which model, on which day.

    Attributes:
        tracks (list[str]): Their refs.
        model_version (str): Of yours: `name@version`, or the id.
        on (datetime.date | Unset): Today unless told.
        use (str | Unset): * `training` - training a model
            * `attribution` - comparing with generated pieces, never training
    """

    tracks: list[str]
    model_version: str
    on: datetime.date | Unset = UNSET
    use: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        tracks = self.tracks

        model_version = self.model_version

        on: str | Unset = UNSET
        if not isinstance(self.on, Unset):
            on = self.on.isoformat()

        use = self.use

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "tracks": tracks,
                "model_version": model_version,
            }
        )
        if on is not UNSET:
            field_dict["on"] = on
        if use is not UNSET:
            field_dict["use"] = use

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        tracks = cast(list[str], d.pop("tracks"))

        model_version = d.pop("model_version")

        _on = d.pop("on", UNSET)
        on: datetime.date | Unset
        if isinstance(_on, Unset):
            on = UNSET
        else:
            on = datetime.date.fromisoformat(_on)

        use = d.pop("use", UNSET)

        consent_question = cls(
            tracks=tracks,
            model_version=model_version,
            on=on,
            use=use,
        )

        return consent_question
