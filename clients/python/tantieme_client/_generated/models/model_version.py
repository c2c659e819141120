from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.training_set import TrainingSet


T = TypeVar("T", bound="ModelVersion")


@_attrs_define
class ModelVersion:
    """A version of a platform's model.

    Attributes:
        id (int):
        ref (str): What to send as `model_version`.
        name (str):
        version (str):
        training_set (None | TrainingSet):
        created_at (datetime.datetime):
    """

    id: int
    ref: str
    name: str
    version: str
    training_set: None | TrainingSet
    created_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.training_set import TrainingSet  # noqa: PLC0415

        id = self.id

        ref = self.ref

        name = self.name

        version = self.version

        training_set: dict[str, Any] | None
        if isinstance(self.training_set, TrainingSet):
            training_set = self.training_set.to_dict()
        else:
            training_set = self.training_set

        created_at = self.created_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "ref": ref,
                "name": name,
                "version": version,
                "training_set": training_set,
                "created_at": created_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.training_set import TrainingSet  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        ref = d.pop("ref")

        name = d.pop("name")

        version = d.pop("version")

        def _parse_training_set(data: object) -> None | TrainingSet:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                training_set_type_0 = TrainingSet.from_dict(data)

                return training_set_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TrainingSet, data)

        training_set = _parse_training_set(d.pop("training_set"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        model_version = cls(
            id=id,
            ref=ref,
            name=name,
            version=version,
            training_set=training_set,
            created_at=created_at,
        )

        model_version.additional_properties = d
        return model_version

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
