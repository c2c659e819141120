from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset


T = TypeVar("T", bound="WantedFeatures")


@_attrs_define
class WantedFeatures:
    """Features that we are to compute.

    Attributes:
        checkpoints (str | Unset): * `last` - the last of each training run
            * `all` - all that are registered Default: 'last'.
    """

    checkpoints: str | Unset = "last"

    def to_dict(self) -> dict[str, Any]:
        checkpoints = self.checkpoints

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if checkpoints is not UNSET:
            field_dict["checkpoints"] = checkpoints

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        checkpoints = d.pop("checkpoints", UNSET)

        wanted_features = cls(
            checkpoints=checkpoints,
        )

        return wanted_features
