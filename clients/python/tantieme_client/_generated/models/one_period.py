from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.reported import Reported
    from ..models.restatement import Restatement
    from ..models.result import Result


T = TypeVar("T", bound="OnePeriod")


@_attrs_define
class OnePeriod:
    """A period with all that was reported for it.

    Attributes:
        id (int):
        url (str):
        contract (str):
        service (str):
        currency (str):
        starts_on (datetime.date): Its first day, in UTC.
        ends_on (datetime.date): The first day after it.
        status (str): * `open` - Open
            * `computed` - Computed
            * `reviewed` - Reviewed
            * `closed` - Closed
        reports_until (datetime.date): The day on which it is computed: report before it.
        closed_at (datetime.datetime | None):
        result (None | Result): Once it is computed.
        reported (Reported): What stands of your reports: corrected events count as you corrected them.
        restatements (list[Restatement]): The newest last.
        invoice (int | None): The id of the one it closed.
    """

    id: int
    url: str
    contract: str
    service: str
    currency: str
    starts_on: datetime.date
    ends_on: datetime.date
    status: str
    reports_until: datetime.date
    closed_at: datetime.datetime | None
    result: None | Result
    reported: Reported
    restatements: list[Restatement]
    invoice: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.reported import Reported  # noqa: PLC0415
        from ..models.restatement import Restatement  # noqa: PLC0415
        from ..models.result import Result  # noqa: PLC0415

        id = self.id

        url = self.url

        contract = self.contract

        service = self.service

        currency = self.currency

        starts_on = self.starts_on.isoformat()

        ends_on = self.ends_on.isoformat()

        status = self.status

        reports_until = self.reports_until.isoformat()

        closed_at: None | str
        if isinstance(self.closed_at, datetime.datetime):
            closed_at = self.closed_at.isoformat()
        else:
            closed_at = self.closed_at

        result: dict[str, Any] | None
        if isinstance(self.result, Result):
            result = self.result.to_dict()
        else:
            result = self.result

        reported = self.reported.to_dict()

        restatements = []
        for restatements_item_data in self.restatements:
            restatements_item = restatements_item_data.to_dict()
            restatements.append(restatements_item)

        invoice: int | None
        invoice = self.invoice

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "url": url,
                "contract": contract,
                "service": service,
                "currency": currency,
                "starts_on": starts_on,
                "ends_on": ends_on,
                "status": status,
                "reports_until": reports_until,
                "closed_at": closed_at,
                "result": result,
                "reported": reported,
                "restatements": restatements,
                "invoice": invoice,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reported import Reported  # noqa: PLC0415
        from ..models.restatement import Restatement  # noqa: PLC0415
        from ..models.result import Result  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        url = d.pop("url")

        contract = d.pop("contract")

        service = d.pop("service")

        currency = d.pop("currency")

        starts_on = datetime.date.fromisoformat(d.pop("starts_on"))

        ends_on = datetime.date.fromisoformat(d.pop("ends_on"))

        status = d.pop("status")

        reports_until = datetime.date.fromisoformat(d.pop("reports_until"))

        def _parse_closed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                closed_at_type_0 = datetime.datetime.fromisoformat(data)

                return closed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        closed_at = _parse_closed_at(d.pop("closed_at"))

        def _parse_result(data: object) -> None | Result:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                result_type_0 = Result.from_dict(data)

                return result_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Result, data)

        result = _parse_result(d.pop("result"))

        reported = Reported.from_dict(d.pop("reported"))

        restatements = []
        _restatements = d.pop("restatements")
        for restatements_item_data in _restatements:
            restatements_item = Restatement.from_dict(restatements_item_data)

            restatements.append(restatements_item)

        def _parse_invoice(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        invoice = _parse_invoice(d.pop("invoice"))

        one_period = cls(
            id=id,
            url=url,
            contract=contract,
            service=service,
            currency=currency,
            starts_on=starts_on,
            ends_on=ends_on,
            status=status,
            reports_until=reports_until,
            closed_at=closed_at,
            result=result,
            reported=reported,
            restatements=restatements,
            invoice=invoice,
        )

        one_period.additional_properties = d
        return one_period

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
