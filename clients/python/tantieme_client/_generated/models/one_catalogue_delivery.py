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
    from ..models.catalogue_delivery_row import CatalogueDeliveryRow
    from ..models.catalogue_delivery_warning import CatalogueDeliveryWarning


T = TypeVar("T", bound="OneCatalogueDelivery")


@_attrs_define
class OneCatalogueDelivery:
    """A delivery with its preview.

    Attributes:
        id (UUID):
        url (str):
        sender (str):
        name (str):
        sha256 (str):
        size_bytes (int):
        format_ (str): Empty until it was checked.
        status (str): * `received` - it is being checked
            * `checked` - its preview waits to be approved
            * `approved` - it is being written
            * `done` - the catalogue says what its good rows say
            * `refused` - nothing of it was written, since rows are at fault
            * `failed` - nothing more of it is written; see `error`
        error (str): Why it failed; else empty.
        as_of (datetime.date):
        take_good_rows (bool):
        row_count (int):
        created_count (int): Before it is `done`: would be created.
        changed_count (int):
        unchanged_count (int):
        rejected_count (int):
        held_back_count (int): Fine, but others are at fault.
        quarantined_count (int): Wait for somebody to look at them.
        job (None | str): The job that checks or writes it.
        received_at (datetime.datetime):
        checked_at (datetime.datetime | None):
        approved_at (datetime.datetime | None):
        finished_at (datetime.datetime | None):
        preview (list[CatalogueDeliveryRow]): The first rows at fault or in quarantine; all of them are in the rows.
        warnings (list[CatalogueDeliveryWarning]): The first of them.
    """

    id: UUID
    url: str
    sender: str
    name: str
    sha256: str
    size_bytes: int
    format_: str
    status: str
    error: str
    as_of: datetime.date
    take_good_rows: bool
    row_count: int
    created_count: int
    changed_count: int
    unchanged_count: int
    rejected_count: int
    held_back_count: int
    quarantined_count: int
    job: None | str
    received_at: datetime.datetime
    checked_at: datetime.datetime | None
    approved_at: datetime.datetime | None
    finished_at: datetime.datetime | None
    preview: list[CatalogueDeliveryRow]
    warnings: list[CatalogueDeliveryWarning]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.catalogue_delivery_row import CatalogueDeliveryRow  # noqa: PLC0415
        from ..models.catalogue_delivery_warning import CatalogueDeliveryWarning  # noqa: PLC0415

        id = str(self.id)

        url = self.url

        sender = self.sender

        name = self.name

        sha256 = self.sha256

        size_bytes = self.size_bytes

        format_ = self.format_

        status = self.status

        error = self.error

        as_of = self.as_of.isoformat()

        take_good_rows = self.take_good_rows

        row_count = self.row_count

        created_count = self.created_count

        changed_count = self.changed_count

        unchanged_count = self.unchanged_count

        rejected_count = self.rejected_count

        held_back_count = self.held_back_count

        quarantined_count = self.quarantined_count

        job: None | str
        job = self.job

        received_at = self.received_at.isoformat()

        checked_at: None | str
        if isinstance(self.checked_at, datetime.datetime):
            checked_at = self.checked_at.isoformat()
        else:
            checked_at = self.checked_at

        approved_at: None | str
        if isinstance(self.approved_at, datetime.datetime):
            approved_at = self.approved_at.isoformat()
        else:
            approved_at = self.approved_at

        finished_at: None | str
        if isinstance(self.finished_at, datetime.datetime):
            finished_at = self.finished_at.isoformat()
        else:
            finished_at = self.finished_at

        preview = []
        for preview_item_data in self.preview:
            preview_item = preview_item_data.to_dict()
            preview.append(preview_item)

        warnings = []
        for warnings_item_data in self.warnings:
            warnings_item = warnings_item_data.to_dict()
            warnings.append(warnings_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "url": url,
                "sender": sender,
                "name": name,
                "sha256": sha256,
                "size_bytes": size_bytes,
                "format": format_,
                "status": status,
                "error": error,
                "as_of": as_of,
                "take_good_rows": take_good_rows,
                "row_count": row_count,
                "created_count": created_count,
                "changed_count": changed_count,
                "unchanged_count": unchanged_count,
                "rejected_count": rejected_count,
                "held_back_count": held_back_count,
                "quarantined_count": quarantined_count,
                "job": job,
                "received_at": received_at,
                "checked_at": checked_at,
                "approved_at": approved_at,
                "finished_at": finished_at,
                "preview": preview,
                "warnings": warnings,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.catalogue_delivery_row import CatalogueDeliveryRow  # noqa: PLC0415
        from ..models.catalogue_delivery_warning import CatalogueDeliveryWarning  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        url = d.pop("url")

        sender = d.pop("sender")

        name = d.pop("name")

        sha256 = d.pop("sha256")

        size_bytes = d.pop("size_bytes")

        format_ = d.pop("format")

        status = d.pop("status")

        error = d.pop("error")

        as_of = datetime.date.fromisoformat(d.pop("as_of"))

        take_good_rows = d.pop("take_good_rows")

        row_count = d.pop("row_count")

        created_count = d.pop("created_count")

        changed_count = d.pop("changed_count")

        unchanged_count = d.pop("unchanged_count")

        rejected_count = d.pop("rejected_count")

        held_back_count = d.pop("held_back_count")

        quarantined_count = d.pop("quarantined_count")

        def _parse_job(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        job = _parse_job(d.pop("job"))

        received_at = datetime.datetime.fromisoformat(d.pop("received_at"))

        def _parse_checked_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                checked_at_type_0 = datetime.datetime.fromisoformat(data)

                return checked_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        checked_at = _parse_checked_at(d.pop("checked_at"))

        def _parse_approved_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                approved_at_type_0 = datetime.datetime.fromisoformat(data)

                return approved_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        approved_at = _parse_approved_at(d.pop("approved_at"))

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

        preview = []
        _preview = d.pop("preview")
        for preview_item_data in _preview:
            preview_item = CatalogueDeliveryRow.from_dict(preview_item_data)

            preview.append(preview_item)

        warnings = []
        _warnings = d.pop("warnings")
        for warnings_item_data in _warnings:
            warnings_item = CatalogueDeliveryWarning.from_dict(warnings_item_data)

            warnings.append(warnings_item)

        one_catalogue_delivery = cls(
            id=id,
            url=url,
            sender=sender,
            name=name,
            sha256=sha256,
            size_bytes=size_bytes,
            format_=format_,
            status=status,
            error=error,
            as_of=as_of,
            take_good_rows=take_good_rows,
            row_count=row_count,
            created_count=created_count,
            changed_count=changed_count,
            unchanged_count=unchanged_count,
            rejected_count=rejected_count,
            held_back_count=held_back_count,
            quarantined_count=quarantined_count,
            job=job,
            received_at=received_at,
            checked_at=checked_at,
            approved_at=approved_at,
            finished_at=finished_at,
            preview=preview,
            warnings=warnings,
        )

        one_catalogue_delivery.additional_properties = d
        return one_catalogue_delivery

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
