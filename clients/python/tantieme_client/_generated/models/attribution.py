from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID

if TYPE_CHECKING:
    from ..models.job import Job
    from ..models.measured import Measured
    from ..models.run import Run
    from ..models.share import Share


T = TypeVar("T", bound="Attribution")


@_attrs_define
class Attribution:
    """What shaped a piece, as far as it can be told. The shares and `unattributed_ppb` sum to
    1,000,000,000. All but the first five fields are null until the status is `attributed`.

        Attributes:
            generation (UUID):
            external_id (str):
            status (str): * `waiting_for_features` - its model version has no features yet; it follows by itself
                * `queued` - a job will do it, together with what else arrived
                * `running` - a job is doing it
                * `attributed` - it is there
                * `failed` - it could not be done; see `error`
            error (None | str):
            job (Job | None):
            shares (list[Share] | None): The largest first.
            unattributed_ppb (int | None): What could not be told from chance.
            has_model_interval (bool | None): False with one checkpoint alone: low and high say nothing then.
            run (None | Run):
            features (Measured | None): What was scored.
    """

    generation: UUID
    external_id: str
    status: str
    error: None | str
    job: Job | None
    shares: list[Share] | None
    unattributed_ppb: int | None
    has_model_interval: bool | None
    run: None | Run
    features: Measured | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.job import Job  # noqa: PLC0415
        from ..models.measured import Measured  # noqa: PLC0415
        from ..models.run import Run  # noqa: PLC0415
        from ..models.share import Share  # noqa: PLC0415

        generation = str(self.generation)

        external_id = self.external_id

        status = self.status

        error: None | str
        error = self.error

        job: dict[str, Any] | None
        if isinstance(self.job, Job):
            job = self.job.to_dict()
        else:
            job = self.job

        shares: list[dict[str, Any]] | None
        if isinstance(self.shares, list):
            shares = []
            for shares_type_0_item_data in self.shares:
                shares_type_0_item = shares_type_0_item_data.to_dict()
                shares.append(shares_type_0_item)

        else:
            shares = self.shares

        unattributed_ppb: int | None
        unattributed_ppb = self.unattributed_ppb

        has_model_interval: bool | None
        has_model_interval = self.has_model_interval

        run: dict[str, Any] | None
        if isinstance(self.run, Run):
            run = self.run.to_dict()
        else:
            run = self.run

        features: dict[str, Any] | None
        if isinstance(self.features, Measured):
            features = self.features.to_dict()
        else:
            features = self.features

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "generation": generation,
                "external_id": external_id,
                "status": status,
                "error": error,
                "job": job,
                "shares": shares,
                "unattributed_ppb": unattributed_ppb,
                "has_model_interval": has_model_interval,
                "run": run,
                "features": features,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.job import Job  # noqa: PLC0415
        from ..models.measured import Measured  # noqa: PLC0415
        from ..models.run import Run  # noqa: PLC0415
        from ..models.share import Share  # noqa: PLC0415

        d = dict(src_dict)
        generation = UUID(d.pop("generation"))

        external_id = d.pop("external_id")

        status = d.pop("status")

        def _parse_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        error = _parse_error(d.pop("error"))

        def _parse_job(data: object) -> Job | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                job_type_0 = Job.from_dict(data)

                return job_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Job | None, data)

        job = _parse_job(d.pop("job"))

        def _parse_shares(data: object) -> list[Share] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                shares_type_0 = []
                _shares_type_0 = data
                for shares_type_0_item_data in _shares_type_0:
                    shares_type_0_item = Share.from_dict(shares_type_0_item_data)

                    shares_type_0.append(shares_type_0_item)

                return shares_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[Share] | None, data)

        shares = _parse_shares(d.pop("shares"))

        def _parse_unattributed_ppb(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        unattributed_ppb = _parse_unattributed_ppb(d.pop("unattributed_ppb"))

        def _parse_has_model_interval(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        has_model_interval = _parse_has_model_interval(d.pop("has_model_interval"))

        def _parse_run(data: object) -> None | Run:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                run_type_0 = Run.from_dict(data)

                return run_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Run, data)

        run = _parse_run(d.pop("run"))

        def _parse_features(data: object) -> Measured | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                features_type_0 = Measured.from_dict(data)

                return features_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Measured | None, data)

        features = _parse_features(d.pop("features"))

        attribution = cls(
            generation=generation,
            external_id=external_id,
            status=status,
            error=error,
            job=job,
            shares=shares,
            unattributed_ppb=unattributed_ppb,
            has_model_interval=has_model_interval,
            run=run,
            features=features,
        )

        attribution.additional_properties = d
        return attribution

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
