from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime


T = TypeVar("T", bound="Objection")


@_attrs_define
class Objection:
    """Why a track may not be used.

    Attributes:
        right (None | str): Under which; null where it is not about rights.

            * `composition` - Composition
            * `recording` - Recording
        reason (str): * `no_consent` - nobody agreed
            * `consent_ended` - the consent ended
            * `opted_out` - a holder forbids it
            * `no_file` - its file is missing
            * `merged` - it was found to be another track
        sentence (str):
        since (datetime.date | None): Since when, if there is such a day.
    """

    right: None | str
    reason: str
    sentence: str
    since: datetime.date | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        right: None | str
        right = self.right

        reason = self.reason

        sentence = self.sentence

        since: None | str
        if isinstance(self.since, datetime.date):
            since = self.since.isoformat()
        else:
            since = self.since

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "right": right,
                "reason": reason,
                "sentence": sentence,
                "since": since,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_right(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        right = _parse_right(d.pop("right"))

        reason = d.pop("reason")

        sentence = d.pop("sentence")

        def _parse_since(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                since_type_0 = datetime.date.fromisoformat(data)

                return since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        since = _parse_since(d.pop("since"))

        objection = cls(
            right=right,
            reason=reason,
            sentence=sentence,
            since=since,
        )

        objection.additional_properties = d
        return objection

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
