from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
    from ..models.gaps import Gaps
    from ..models.lots_of_day import LotsOfDay


T = TypeVar("T", bound="Verification")


@_attrs_define
class Verification:
    """What is known of features that you computed yourself.

    Attributes:
        generation (UUID):
        standing (str): * `unverified` - Unverified
            * `recomputed` - Recomputed
            * `sampled` - Sampled
            * `opened` - Opened
            * `refuted` - Refuted
            * `overdue` - Overdue
        sentence (str): The same in words, as payees read it.
        features_root (str):
        segments (int): Of the piece.
        segments_drawn (list[int]): Empty unless the piece was drawn.
        segments_checked (int): Recomputed, or opened.
        cause (None | str):
        rate_ppm (int | None): At which rate pieces were drawn then, in millionths.
        seen (Gaps): Two gaps between rows: `1 - cosine`, and the difference of their lengths, relative.
        tolerance (Gaps): Two gaps between rows: `1 - cosine`, and the difference of their lengths, relative.
        lot (LotsOfDay): What was drawn of the day on which the features were received.
        found_at (datetime.datetime | None):
    """

    generation: UUID
    standing: str
    sentence: str
    features_root: str
    segments: int
    segments_drawn: list[int]
    segments_checked: int
    cause: None | str
    rate_ppm: int | None
    seen: Gaps
    tolerance: Gaps
    lot: LotsOfDay
    found_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.gaps import Gaps  # noqa: PLC0415
        from ..models.lots_of_day import LotsOfDay  # noqa: PLC0415

        generation = str(self.generation)

        standing = self.standing

        sentence = self.sentence

        features_root = self.features_root

        segments = self.segments

        segments_drawn = self.segments_drawn

        segments_checked = self.segments_checked

        cause: None | str
        cause = self.cause

        rate_ppm: int | None
        rate_ppm = self.rate_ppm

        seen = self.seen.to_dict()

        tolerance = self.tolerance.to_dict()

        lot = self.lot.to_dict()

        found_at: None | str
        if isinstance(self.found_at, datetime.datetime):
            found_at = self.found_at.isoformat()
        else:
            found_at = self.found_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "generation": generation,
                "standing": standing,
                "sentence": sentence,
                "features_root": features_root,
                "segments": segments,
                "segments_drawn": segments_drawn,
                "segments_checked": segments_checked,
                "cause": cause,
                "rate_ppm": rate_ppm,
                "seen": seen,
                "tolerance": tolerance,
                "lot": lot,
                "found_at": found_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.gaps import Gaps  # noqa: PLC0415
        from ..models.lots_of_day import LotsOfDay  # noqa: PLC0415

        d = dict(src_dict)
        generation = UUID(d.pop("generation"))

        standing = d.pop("standing")

        sentence = d.pop("sentence")

        features_root = d.pop("features_root")

        segments = d.pop("segments")

        segments_drawn = cast(list[int], d.pop("segments_drawn"))

        segments_checked = d.pop("segments_checked")

        def _parse_cause(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cause = _parse_cause(d.pop("cause"))

        def _parse_rate_ppm(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        rate_ppm = _parse_rate_ppm(d.pop("rate_ppm"))

        seen = Gaps.from_dict(d.pop("seen"))

        tolerance = Gaps.from_dict(d.pop("tolerance"))

        lot = LotsOfDay.from_dict(d.pop("lot"))

        def _parse_found_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                found_at_type_0 = datetime.datetime.fromisoformat(data)

                return found_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        found_at = _parse_found_at(d.pop("found_at"))

        verification = cls(
            generation=generation,
            standing=standing,
            sentence=sentence,
            features_root=features_root,
            segments=segments,
            segments_drawn=segments_drawn,
            segments_checked=segments_checked,
            cause=cause,
            rate_ppm=rate_ppm,
            seen=seen,
            tolerance=tolerance,
            lot=lot,
            found_at=found_at,
        )

        verification.additional_properties = d
        return verification

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
