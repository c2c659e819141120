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
    from ..models.fault import Fault


T = TypeVar("T", bound="IntakeFile")


@_attrs_define
class IntakeFile:
    """Events that were sent at once, and what became of them.

    Attributes:
        id (UUID):
        url (str):
        kind (str): * `usage` - Usage
            * `revenue` - Revenue
        name (str): The file's name, or the request's.
        format_ (str): * `ndjson` - Ndjson
            * `csv` - Csv
            * `dsr` - Dsr
        late (bool):
        mode (str): * `all_or_nothing` - one faulty line, and nothing is taken
            * `good_lines` - faulty lines are left out, and told of
        result (str): * `refused` - the result tells of refused lines
            * `all` - the result tells of every line
        status (str):
        size_bytes (int):
        sha256 (str): Of the bytes as we read them.
        events (int | None): How many lines it has, once it is taken.
        new (int | None): How many count from now on.
        known (int | None): How many had counted before.
        refused (int | None): How many lines are faulty.
        error_count (int): How many things are wrong.
        errors (list[Fault]): The first hundred of them.
        upload (None | UUID): The upload that it was, if it was.
        job (None | str): The job that reads it, if there is.
        result_url (None | str): The result by line, if there is.
        received_at (datetime.datetime):
        finished_at (datetime.datetime | None):
    """

    id: UUID
    url: str
    kind: str
    name: str
    format_: str
    late: bool
    mode: str
    result: str
    status: str
    size_bytes: int
    sha256: str
    events: int | None
    new: int | None
    known: int | None
    refused: int | None
    error_count: int
    errors: list[Fault]
    upload: None | UUID
    job: None | str
    result_url: None | str
    received_at: datetime.datetime
    finished_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.fault import Fault  # noqa: PLC0415

        id = str(self.id)

        url = self.url

        kind = self.kind

        name = self.name

        format_ = self.format_

        late = self.late

        mode = self.mode

        result = self.result

        status = self.status

        size_bytes = self.size_bytes

        sha256 = self.sha256

        events: int | None
        events = self.events

        new: int | None
        new = self.new

        known: int | None
        known = self.known

        refused: int | None
        refused = self.refused

        error_count = self.error_count

        errors = []
        for errors_item_data in self.errors:
            errors_item = errors_item_data.to_dict()
            errors.append(errors_item)

        upload: None | str
        if isinstance(self.upload, UUID):
            upload = str(self.upload)
        else:
            upload = self.upload

        job: None | str
        job = self.job

        result_url: None | str
        result_url = self.result_url

        received_at = self.received_at.isoformat()

        finished_at: None | str
        if isinstance(self.finished_at, datetime.datetime):
            finished_at = self.finished_at.isoformat()
        else:
            finished_at = self.finished_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "url": url,
                "kind": kind,
                "name": name,
                "format": format_,
                "late": late,
                "mode": mode,
                "result": result,
                "status": status,
                "size_bytes": size_bytes,
                "sha256": sha256,
                "events": events,
                "new": new,
                "known": known,
                "refused": refused,
                "error_count": error_count,
                "errors": errors,
                "upload": upload,
                "job": job,
                "result_url": result_url,
                "received_at": received_at,
                "finished_at": finished_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.fault import Fault  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        url = d.pop("url")

        kind = d.pop("kind")

        name = d.pop("name")

        format_ = d.pop("format")

        late = d.pop("late")

        mode = d.pop("mode")

        result = d.pop("result")

        status = d.pop("status")

        size_bytes = d.pop("size_bytes")

        sha256 = d.pop("sha256")

        def _parse_events(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        events = _parse_events(d.pop("events"))

        def _parse_new(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        new = _parse_new(d.pop("new"))

        def _parse_known(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        known = _parse_known(d.pop("known"))

        def _parse_refused(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        refused = _parse_refused(d.pop("refused"))

        error_count = d.pop("error_count")

        errors = []
        _errors = d.pop("errors")
        for errors_item_data in _errors:
            errors_item = Fault.from_dict(errors_item_data)

            errors.append(errors_item)

        def _parse_upload(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                upload_type_0 = UUID(data)

                return upload_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        upload = _parse_upload(d.pop("upload"))

        def _parse_job(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        job = _parse_job(d.pop("job"))

        def _parse_result_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        result_url = _parse_result_url(d.pop("result_url"))

        received_at = datetime.datetime.fromisoformat(d.pop("received_at"))

        def _parse_finished_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                finished_at_type_0 = datetime.datetime.fromisoformat(data)

                return finished_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        finished_at = _parse_finished_at(d.pop("finished_at"))

        intake_file = cls(
            id=id,
            url=url,
            kind=kind,
            name=name,
            format_=format_,
            late=late,
            mode=mode,
            result=result,
            status=status,
            size_bytes=size_bytes,
            sha256=sha256,
            events=events,
            new=new,
            known=known,
            refused=refused,
            error_count=error_count,
            errors=errors,
            upload=upload,
            job=job,
            result_url=result_url,
            received_at=received_at,
            finished_at=finished_at,
        )

        intake_file.additional_properties = d
        return intake_file

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
