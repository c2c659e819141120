from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
from uuid import UUID

if TYPE_CHECKING:
    from ..models.new_checkpoint_metrics import NewCheckpointMetrics


T = TypeVar("T", bound="NewCheckpoint")


@_attrs_define
class NewCheckpoint:
    """Weights that were uploaded.

    Attributes:
        upload (UUID): The id of a sealed upload for `checkpoint`.
        member (str): Of the ensemble, such as `seed-1`; one run of training.
        step (int): Of that run.
        metrics (NewCheckpointMetrics | Unset): What you measured, such as a loss; it is shown, and nothing follows from
            it.
    """

    upload: UUID
    member: str
    step: int
    metrics: NewCheckpointMetrics | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.new_checkpoint_metrics import NewCheckpointMetrics  # noqa: PLC0415

        upload = str(self.upload)

        member = self.member

        step = self.step

        metrics: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metrics, Unset):
            metrics = self.metrics.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "upload": upload,
                "member": member,
                "step": step,
            }
        )
        if metrics is not UNSET:
            field_dict["metrics"] = metrics

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_checkpoint_metrics import NewCheckpointMetrics  # noqa: PLC0415

        d = dict(src_dict)
        upload = UUID(d.pop("upload"))

        member = d.pop("member")

        step = d.pop("step")

        _metrics = d.pop("metrics", UNSET)
        metrics: NewCheckpointMetrics | Unset
        if isinstance(_metrics, Unset):
            metrics = UNSET
        else:
            metrics = NewCheckpointMetrics.from_dict(_metrics)

        new_checkpoint = cls(
            upload=upload,
            member=member,
            step=step,
            metrics=metrics,
        )

        return new_checkpoint
