from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
    from ..models.measures import Measures


T = TypeVar("T", bound="Generation")


@_attrs_define
class Generation:
    """A generated piece, and how far its attribution is.

    Attributes:
        id (UUID):
        url (str):
        external_id (str): Your own name for the piece.
        model_version (str): Such as `lieder@1`.
        generated_at (datetime.datetime):
        created_at (datetime.datetime): When we first had it.
        attribution_status (str): * `waiting_for_features` - its model version has no features yet; it follows by itself
            * `queued` - a job will do it, together with what else arrived
            * `running` - a job is doing it
            * `attributed` - it is there
            * `failed` - it could not be done; see `error`
        attribution_url (str):
        job (None | str): The job that attributes it, if there is.
        media_type (None | str | Unset): Of the file; null if you kept the piece in your house.
        sha256 (None | str | Unset): Of the file, if it is here.
        seconds (float | None | Unset): How long it sounds, if its file is here.
        measured (Measures | None | Unset): What was measured of a recording; null for MIDI and for what is not here.
    """

    id: UUID
    url: str
    external_id: str
    model_version: str
    generated_at: datetime.datetime
    created_at: datetime.datetime
    attribution_status: str
    attribution_url: str
    job: None | str
    media_type: None | str | Unset = UNSET
    sha256: None | str | Unset = UNSET
    seconds: float | None | Unset = UNSET
    measured: Measures | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.measures import Measures  # noqa: PLC0415

        id = str(self.id)

        url = self.url

        external_id = self.external_id

        model_version = self.model_version

        generated_at = self.generated_at.isoformat()

        created_at = self.created_at.isoformat()

        attribution_status = self.attribution_status

        attribution_url = self.attribution_url

        job: None | str
        job = self.job

        media_type: None | str | Unset
        if isinstance(self.media_type, Unset):
            media_type = UNSET
        else:
            media_type = self.media_type

        sha256: None | str | Unset
        if isinstance(self.sha256, Unset):
            sha256 = UNSET
        else:
            sha256 = self.sha256

        seconds: float | None | Unset
        if isinstance(self.seconds, Unset):
            seconds = UNSET
        else:
            seconds = self.seconds

        measured: dict[str, Any] | None | Unset
        if isinstance(self.measured, Unset):
            measured = UNSET
        elif isinstance(self.measured, Measures):
            measured = self.measured.to_dict()
        else:
            measured = self.measured

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "url": url,
                "external_id": external_id,
                "model_version": model_version,
                "generated_at": generated_at,
                "created_at": created_at,
                "attribution_status": attribution_status,
                "attribution_url": attribution_url,
                "job": job,
            }
        )
        if media_type is not UNSET:
            field_dict["media_type"] = media_type
        if sha256 is not UNSET:
            field_dict["sha256"] = sha256
        if seconds is not UNSET:
            field_dict["seconds"] = seconds
        if measured is not UNSET:
            field_dict["measured"] = measured

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.measures import Measures  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        url = d.pop("url")

        external_id = d.pop("external_id")

        model_version = d.pop("model_version")

        generated_at = datetime.datetime.fromisoformat(d.pop("generated_at"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        attribution_status = d.pop("attribution_status")

        attribution_url = d.pop("attribution_url")

        def _parse_job(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        job = _parse_job(d.pop("job"))

        def _parse_media_type(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        media_type = _parse_media_type(d.pop("media_type", UNSET))

        def _parse_sha256(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sha256 = _parse_sha256(d.pop("sha256", UNSET))

        def _parse_seconds(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        seconds = _parse_seconds(d.pop("seconds", UNSET))

        def _parse_measured(data: object) -> Measures | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                measured_type_0 = Measures.from_dict(data)

                return measured_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Measures | None | Unset, data)

        measured = _parse_measured(d.pop("measured", UNSET))

        generation = cls(
            id=id,
            url=url,
            external_id=external_id,
            model_version=model_version,
            generated_at=generated_at,
            created_at=created_at,
            attribution_status=attribution_status,
            attribution_url=attribution_url,
            job=job,
            media_type=media_type,
            sha256=sha256,
            seconds=seconds,
            measured=measured,
        )

        generation.additional_properties = d
        return generation

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
