from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.pair import Pair
    from ..models.track import Track


T = TypeVar("T", bound="Share")


@_attrs_define
class Share:
    """A track's estimated part of the piece, in parts per billion, and how sure that is.

    Attributes:
        track (Track): A track of the training set.
        share_ppb (int):
        low_ppb (int): Lower end of the interval over the ensemble.
        high_ppb (int): Upper end.
        evidence (list[Pair]):
    """

    track: Track
    share_ppb: int
    low_ppb: int
    high_ppb: int
    evidence: list[Pair]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.pair import Pair  # noqa: PLC0415
        from ..models.track import Track  # noqa: PLC0415

        track = self.track.to_dict()

        share_ppb = self.share_ppb

        low_ppb = self.low_ppb

        high_ppb = self.high_ppb

        evidence = []
        for evidence_item_data in self.evidence:
            evidence_item = evidence_item_data.to_dict()
            evidence.append(evidence_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "track": track,
                "share_ppb": share_ppb,
                "low_ppb": low_ppb,
                "high_ppb": high_ppb,
                "evidence": evidence,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.pair import Pair  # noqa: PLC0415
        from ..models.track import Track  # noqa: PLC0415

        d = dict(src_dict)
        track = Track.from_dict(d.pop("track"))

        share_ppb = d.pop("share_ppb")

        low_ppb = d.pop("low_ppb")

        high_ppb = d.pop("high_ppb")

        evidence = []
        _evidence = d.pop("evidence")
        for evidence_item_data in _evidence:
            evidence_item = Pair.from_dict(evidence_item_data)

            evidence.append(evidence_item)

        share = cls(
            track=track,
            share_ppb=share_ppb,
            low_ppb=low_ppb,
            high_ppb=high_ppb,
            evidence=evidence,
        )

        share.additional_properties = d
        return share

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
