from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID
import datetime


T = TypeVar("T", bound="Challenge")


@_attrs_define
class Challenge:
    """Features of a piece that were drawn, and which segments are to be opened.

    Attributes:
        id (UUID):
        url (str):
        generation (UUID):
        external_id (str):
        features_root (str): To which you committed yourself.
        store_sha256 (str):
        segments (list[int]): To open; counted from 0.
        cause (str): * `lot` - its lot was below the rate
            * `least` - no other piece of its day was drawn, and its lot was the least
            * `suspicion` - features of the platform were refuted, so all are verified
        status (str): * `open` - waits for your answer
            * `overdue` - was not answered in time; an answer still counts
            * `answered` - you answered; what was found follows
            * `closed` - what was found stands in `standing`
        standing (str): * `unverified` - Unverified
            * `recomputed` - Recomputed
            * `sampled` - Sampled
            * `opened` - Opened
            * `refuted` - Refuted
            * `overdue` - Overdue
        drawn_at (datetime.datetime):
        due_at (datetime.datetime):
        answered_at (datetime.datetime | None):
    """

    id: UUID
    url: str
    generation: UUID
    external_id: str
    features_root: str
    store_sha256: str
    segments: list[int]
    cause: str
    status: str
    standing: str
    drawn_at: datetime.datetime
    due_at: datetime.datetime
    answered_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        url = self.url

        generation = str(self.generation)

        external_id = self.external_id

        features_root = self.features_root

        store_sha256 = self.store_sha256

        segments = self.segments

        cause = self.cause

        status = self.status

        standing = self.standing

        drawn_at = self.drawn_at.isoformat()

        due_at = self.due_at.isoformat()

        answered_at: None | str
        if isinstance(self.answered_at, datetime.datetime):
            answered_at = self.answered_at.isoformat()
        else:
            answered_at = self.answered_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "url": url,
                "generation": generation,
                "external_id": external_id,
                "features_root": features_root,
                "store_sha256": store_sha256,
                "segments": segments,
                "cause": cause,
                "status": status,
                "standing": standing,
                "drawn_at": drawn_at,
                "due_at": due_at,
                "answered_at": answered_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        url = d.pop("url")

        generation = UUID(d.pop("generation"))

        external_id = d.pop("external_id")

        features_root = d.pop("features_root")

        store_sha256 = d.pop("store_sha256")

        segments = cast(list[int], d.pop("segments"))

        cause = d.pop("cause")

        status = d.pop("status")

        standing = d.pop("standing")

        drawn_at = datetime.datetime.fromisoformat(d.pop("drawn_at"))

        due_at = datetime.datetime.fromisoformat(d.pop("due_at"))

        def _parse_answered_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                answered_at_type_0 = datetime.datetime.fromisoformat(data)

                return answered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        answered_at = _parse_answered_at(d.pop("answered_at"))

        challenge = cls(
            id=id,
            url=url,
            generation=generation,
            external_id=external_id,
            features_root=features_root,
            store_sha256=store_sha256,
            segments=segments,
            cause=cause,
            status=status,
            standing=standing,
            drawn_at=drawn_at,
            due_at=due_at,
            answered_at=answered_at,
        )

        challenge.additional_properties = d
        return challenge

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
