from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime


T = TypeVar("T", bound="FeatureStore")


@_attrs_define
class FeatureStore:
    """Projected gradients of a model version's training set.

    Attributes:
        id (int):
        model_version (int):
        origin (str): * `ours` - computed by us
            * `platform` - sent by you
        status (str): * `computing` - our jobs fill it
            * `verifying` - a job looks into what you sent
            * `sealed` - pieces are attributed by it
            * `refused` - it was not taken; see `error`
            * `failed` - a job failed on our side; ask again
        sha256 (str): Of its manifest; empty until sealed.
        training_set_sha256 (str):
        members (list[str]): Names of the ensemble's checkpoints.
        error (str): Why it was refused; else empty.
        job (None | str): The job that works on it, or did last.
        segments_done (int): While our jobs fill it.
        segments_total (int): 0 before it is known.
        created_at (datetime.datetime):
        sealed_at (datetime.datetime | None):
    """

    id: int
    model_version: int
    origin: str
    status: str
    sha256: str
    training_set_sha256: str
    members: list[str]
    error: str
    job: None | str
    segments_done: int
    segments_total: int
    created_at: datetime.datetime
    sealed_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        model_version = self.model_version

        origin = self.origin

        status = self.status

        sha256 = self.sha256

        training_set_sha256 = self.training_set_sha256

        members = self.members

        error = self.error

        job: None | str
        job = self.job

        segments_done = self.segments_done

        segments_total = self.segments_total

        created_at = self.created_at.isoformat()

        sealed_at: None | str
        if isinstance(self.sealed_at, datetime.datetime):
            sealed_at = self.sealed_at.isoformat()
        else:
            sealed_at = self.sealed_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "model_version": model_version,
                "origin": origin,
                "status": status,
                "sha256": sha256,
                "training_set_sha256": training_set_sha256,
                "members": members,
                "error": error,
                "job": job,
                "segments_done": segments_done,
                "segments_total": segments_total,
                "created_at": created_at,
                "sealed_at": sealed_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        model_version = d.pop("model_version")

        origin = d.pop("origin")

        status = d.pop("status")

        sha256 = d.pop("sha256")

        training_set_sha256 = d.pop("training_set_sha256")

        members = cast(list[str], d.pop("members"))

        error = d.pop("error")

        def _parse_job(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        job = _parse_job(d.pop("job"))

        segments_done = d.pop("segments_done")

        segments_total = d.pop("segments_total")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_sealed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                sealed_at_type_0 = datetime.datetime.fromisoformat(data)

                return sealed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        sealed_at = _parse_sealed_at(d.pop("sealed_at"))

        feature_store = cls(
            id=id,
            model_version=model_version,
            origin=origin,
            status=status,
            sha256=sha256,
            training_set_sha256=training_set_sha256,
            members=members,
            error=error,
            job=job,
            segments_done=segments_done,
            segments_total=segments_total,
            created_at=created_at,
            sealed_at=sealed_at,
        )

        feature_store.additional_properties = d
        return feature_store

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
