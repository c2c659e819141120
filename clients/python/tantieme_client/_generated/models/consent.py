from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime


T = TypeVar("T", bound="Consent")


@_attrs_define
class Consent:
    """A track may be used under one right, or may not, from a day until another.

    Attributes:
        id (int):
        track (str):
        right (str): * `composition` - Composition
            * `recording` - Recording
        use (str): * `training` - training a model
            * `attribution` - comparing with generated pieces, never training
        is_opt_out (bool): Whether it forbids. One opt-out outweighs whoever else agreed.
        model_version (None | str): Of yours, such as `lieder@1`; null if it is for any model.
        basis (str): By what it was given; where a rights holder says it itself, not who.
        valid_from (datetime.date):
        valid_until (datetime.date | None): The first day on which it is no longer valid, if it ends.
    """

    id: int
    track: str
    right: str
    use: str
    is_opt_out: bool
    model_version: None | str
    basis: str
    valid_from: datetime.date
    valid_until: datetime.date | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        track = self.track

        right = self.right

        use = self.use

        is_opt_out = self.is_opt_out

        model_version: None | str
        model_version = self.model_version

        basis = self.basis

        valid_from = self.valid_from.isoformat()

        valid_until: None | str
        if isinstance(self.valid_until, datetime.date):
            valid_until = self.valid_until.isoformat()
        else:
            valid_until = self.valid_until

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "track": track,
                "right": right,
                "use": use,
                "is_opt_out": is_opt_out,
                "model_version": model_version,
                "basis": basis,
                "valid_from": valid_from,
                "valid_until": valid_until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        track = d.pop("track")

        right = d.pop("right")

        use = d.pop("use")

        is_opt_out = d.pop("is_opt_out")

        def _parse_model_version(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        model_version = _parse_model_version(d.pop("model_version"))

        basis = d.pop("basis")

        valid_from = datetime.date.fromisoformat(d.pop("valid_from"))

        def _parse_valid_until(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                valid_until_type_0 = datetime.date.fromisoformat(data)

                return valid_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        valid_until = _parse_valid_until(d.pop("valid_until"))

        consent = cls(
            id=id,
            track=track,
            right=right,
            use=use,
            is_opt_out=is_opt_out,
            model_version=model_version,
            basis=basis,
            valid_from=valid_from,
            valid_until=valid_until,
        )

        consent.additional_properties = d
        return consent

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
