from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.stated_track import StatedTrack


T = TypeVar("T", bound="ConsentStatement")


@_attrs_define
class ConsentStatement:
    """What was said about the use of a track in whose right your parties have or had a share.

    Attributes:
        id (int):
        track (StatedTrack): A track, by everything by which others may know it.
        right (str): * `composition` - Composition
            * `recording` - Recording
        use (str): * `training` - training a model
            * `attribution` - comparing with generated pieces, never training
        decision (str):
        is_for_any_model (bool):
        model_version (None | str): Such as `lieder@1`; null if it is for any, or for one that you do not see.
        said_by (str): One of your parties by its ref, `delivery`, or `another holder`.
        valid_from (datetime.date):
        valid_until (datetime.date | None): The first day on which it no longer counts, if it ends.
    """

    id: int
    track: StatedTrack
    right: str
    use: str
    decision: str
    is_for_any_model: bool
    model_version: None | str
    said_by: str
    valid_from: datetime.date
    valid_until: datetime.date | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.stated_track import StatedTrack  # noqa: PLC0415

        id = self.id

        track = self.track.to_dict()

        right = self.right

        use = self.use

        decision = self.decision

        is_for_any_model = self.is_for_any_model

        model_version: None | str
        model_version = self.model_version

        said_by = self.said_by

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
                "decision": decision,
                "is_for_any_model": is_for_any_model,
                "model_version": model_version,
                "said_by": said_by,
                "valid_from": valid_from,
                "valid_until": valid_until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.stated_track import StatedTrack  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        track = StatedTrack.from_dict(d.pop("track"))

        right = d.pop("right")

        use = d.pop("use")

        decision = d.pop("decision")

        is_for_any_model = d.pop("is_for_any_model")

        def _parse_model_version(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        model_version = _parse_model_version(d.pop("model_version"))

        said_by = d.pop("said_by")

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

        consent_statement = cls(
            id=id,
            track=track,
            right=right,
            use=use,
            decision=decision,
            is_for_any_model=is_for_any_model,
            model_version=model_version,
            said_by=said_by,
            valid_from=valid_from,
            valid_until=valid_until,
        )

        consent_statement.additional_properties = d
        return consent_statement

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
