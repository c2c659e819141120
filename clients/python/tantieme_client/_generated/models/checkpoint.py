from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.checkpoint_metrics import CheckpointMetrics


T = TypeVar("T", bound="Checkpoint")


@_attrs_define
class Checkpoint:
    """Weights of a model version.

    Attributes:
        id (int):
        member (str):
        step (int):
        sha256 (str): Of the file.
        architecture (str): By which of our loaders it is read. Empty: by none, so that you compute its features; the
            file is kept as evidence.
        metrics (CheckpointMetrics): With `parameters`, how many numbers it has.
        created_at (datetime.datetime):
    """

    id: int
    member: str
    step: int
    sha256: str
    architecture: str
    metrics: CheckpointMetrics
    created_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.checkpoint_metrics import CheckpointMetrics  # noqa: PLC0415

        id = self.id

        member = self.member

        step = self.step

        sha256 = self.sha256

        architecture = self.architecture

        metrics = self.metrics.to_dict()

        created_at = self.created_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "member": member,
                "step": step,
                "sha256": sha256,
                "architecture": architecture,
                "metrics": metrics,
                "created_at": created_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.checkpoint_metrics import CheckpointMetrics  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        member = d.pop("member")

        step = d.pop("step")

        sha256 = d.pop("sha256")

        architecture = d.pop("architecture")

        metrics = CheckpointMetrics.from_dict(d.pop("metrics"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        checkpoint = cls(
            id=id,
            member=member,
            step=step,
            sha256=sha256,
            architecture=architecture,
            metrics=metrics,
            created_at=created_at,
        )

        checkpoint.additional_properties = d
        return checkpoint

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
