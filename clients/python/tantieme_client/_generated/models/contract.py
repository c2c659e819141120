from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.contract_model_parameters import ContractModelParameters


T = TypeVar("T", bound="Contract")


@_attrs_define
class Contract:
    """The terms for one of your services. They never change: another agreement is another one.

    Attributes:
        id (int):
        code (str):
        name (str):
        service (str): What events name.
        currency (str): By ISO 4217.
        country (str): Whose owners are paid, by ISO 3166-1; empty: where no share says otherwise.
        allocation_model (str): By which rule the pool is shared.
        model_parameters (ContractModelParameters): Those that the rule asks for.
        allocation (str): The rule in words.
        commission_ppm (int): What you keep of the revenue.
        composition_ppm (int): The composition's part of a track's money; the rest is the recording's.
        fallback (str): * `equal_training_set` - equally to every track in the training set
            * `held` - held
            * `platform` - returned to the platform
        idle_subscribers (str): * `pool` - shared among those who used something
            * `platform` - returned to the platform
        guarantee (str): The least that a period's pool is.
        most_favoured (bool): No other contract of yours may have a better term on the same days.
        period_months (int):
        reporting_days (int): For how many days after its end a period waits for reports.
        payment_days (int): In which an invoice is to be paid.
        vat_ppm (int): On invoices within the country.
        valid_from (datetime.date):
        valid_until (datetime.date | None): The first day without it.
    """

    id: int
    code: str
    name: str
    service: str
    currency: str
    country: str
    allocation_model: str
    model_parameters: ContractModelParameters
    allocation: str
    commission_ppm: int
    composition_ppm: int
    fallback: str
    idle_subscribers: str
    guarantee: str
    most_favoured: bool
    period_months: int
    reporting_days: int
    payment_days: int
    vat_ppm: int
    valid_from: datetime.date
    valid_until: datetime.date | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.contract_model_parameters import ContractModelParameters  # noqa: PLC0415

        id = self.id

        code = self.code

        name = self.name

        service = self.service

        currency = self.currency

        country = self.country

        allocation_model = self.allocation_model

        model_parameters = self.model_parameters.to_dict()

        allocation = self.allocation

        commission_ppm = self.commission_ppm

        composition_ppm = self.composition_ppm

        fallback = self.fallback

        idle_subscribers = self.idle_subscribers

        guarantee = self.guarantee

        most_favoured = self.most_favoured

        period_months = self.period_months

        reporting_days = self.reporting_days

        payment_days = self.payment_days

        vat_ppm = self.vat_ppm

        valid_from = self.valid_from.isoformat()

        valid_until: None | str
        if isinstance(self.valid_until, datetime.date):
            valid_until = self.valid_until.isoformat()
        else:
            valid_until = self.valid_until

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "code": code,
                "name": name,
                "service": service,
                "currency": currency,
                "country": country,
                "allocation_model": allocation_model,
                "model_parameters": model_parameters,
                "allocation": allocation,
                "commission_ppm": commission_ppm,
                "composition_ppm": composition_ppm,
                "fallback": fallback,
                "idle_subscribers": idle_subscribers,
                "guarantee": guarantee,
                "most_favoured": most_favoured,
                "period_months": period_months,
                "reporting_days": reporting_days,
                "payment_days": payment_days,
                "vat_ppm": vat_ppm,
                "valid_from": valid_from,
                "valid_until": valid_until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.contract_model_parameters import ContractModelParameters  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        code = d.pop("code")

        name = d.pop("name")

        service = d.pop("service")

        currency = d.pop("currency")

        country = d.pop("country")

        allocation_model = d.pop("allocation_model")

        model_parameters = ContractModelParameters.from_dict(d.pop("model_parameters"))

        allocation = d.pop("allocation")

        commission_ppm = d.pop("commission_ppm")

        composition_ppm = d.pop("composition_ppm")

        fallback = d.pop("fallback")

        idle_subscribers = d.pop("idle_subscribers")

        guarantee = d.pop("guarantee")

        most_favoured = d.pop("most_favoured")

        period_months = d.pop("period_months")

        reporting_days = d.pop("reporting_days")

        payment_days = d.pop("payment_days")

        vat_ppm = d.pop("vat_ppm")

        valid_from = datetime.date.fromisoformat(d.pop("valid_from"))

        def _parse_valid_until(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                valid_until_type_0 = datetime.date.fromisoformat(data)

                return valid_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        valid_until = _parse_valid_until(d.pop("valid_until"))

        contract = cls(
            id=id,
            code=code,
            name=name,
            service=service,
            currency=currency,
            country=country,
            allocation_model=allocation_model,
            model_parameters=model_parameters,
            allocation=allocation,
            commission_ppm=commission_ppm,
            composition_ppm=composition_ppm,
            fallback=fallback,
            idle_subscribers=idle_subscribers,
            guarantee=guarantee,
            most_favoured=most_favoured,
            period_months=period_months,
            reporting_days=reporting_days,
            payment_days=payment_days,
            vat_ppm=vat_ppm,
            valid_from=valid_from,
            valid_until=valid_until,
        )

        contract.additional_properties = d
        return contract

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
