from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.frozen_set_roles import FrozenSetRoles


T = TypeVar("T", bound="FrozenSet")


@_attrs_define
class FrozenSet:
    """A frozen training set; nothing of it can change.

    Attributes:
        sha256 (str): Of all members in their order.
        track_count (int): Controls included.
        roles (FrozenSetRoles): How many tracks have which role.
        frozen_at (datetime.datetime): The beginning of the day `as_of`.
        members_url (str): All members, page by page.
        exclusion_count (int): How many reasons there were to leave tracks out that were asked for.
        exclusions_url (str): All of these, page by page.
    """

    sha256: str
    track_count: int
    roles: FrozenSetRoles
    frozen_at: datetime.datetime
    members_url: str
    exclusion_count: int
    exclusions_url: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.frozen_set_roles import FrozenSetRoles  # noqa: PLC0415

        sha256 = self.sha256

        track_count = self.track_count

        roles = self.roles.to_dict()

        frozen_at = self.frozen_at.isoformat()

        members_url = self.members_url

        exclusion_count = self.exclusion_count

        exclusions_url = self.exclusions_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "sha256": sha256,
                "track_count": track_count,
                "roles": roles,
                "frozen_at": frozen_at,
                "members_url": members_url,
                "exclusion_count": exclusion_count,
                "exclusions_url": exclusions_url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.frozen_set_roles import FrozenSetRoles  # noqa: PLC0415

        d = dict(src_dict)
        sha256 = d.pop("sha256")

        track_count = d.pop("track_count")

        roles = FrozenSetRoles.from_dict(d.pop("roles"))

        frozen_at = datetime.datetime.fromisoformat(d.pop("frozen_at"))

        members_url = d.pop("members_url")

        exclusion_count = d.pop("exclusion_count")

        exclusions_url = d.pop("exclusions_url")

        frozen_set = cls(
            sha256=sha256,
            track_count=track_count,
            roles=roles,
            frozen_at=frozen_at,
            members_url=members_url,
            exclusion_count=exclusion_count,
            exclusions_url=exclusions_url,
        )

        frozen_set.additional_properties = d
        return frozen_set

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
