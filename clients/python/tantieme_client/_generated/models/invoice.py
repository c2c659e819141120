from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.invoice_line import InvoiceLine


T = TypeVar("T", bound="Invoice")


@_attrs_define
class Invoice:
    """An invoice, or a credit note, whose amounts are in your favour.

    Attributes:
        id (int):
        url (str):
        document (str): Where its PDF is, with the same key.
        number (str):
        kind (str): * `invoice` - invoice
            * `credit_note` - credit_note
        contract (str):
        through (int): The last period that it is about.
        issued_on (datetime.date):
        due_on (datetime.date):
        currency (str):
        lines (list[InvoiceLine]): They sum to `net`.
        net (str):
        vat_ppm (int): The rate in millionths: 190000 is 19 %.
        vat (str):
        vat_note (str): Why there is none, if so.
        gross (str):
        open_ (str): What is to be paid still.
        status (str): * `open` - open
            * `paid_in_part` - paid_in_part
            * `paid` - paid
            * `credited` - credited
        days_late (int): 0 unless it is due and not paid.
        reference (str): What a payment must name (ISO 11649).
    """

    id: int
    url: str
    document: str
    number: str
    kind: str
    contract: str
    through: int
    issued_on: datetime.date
    due_on: datetime.date
    currency: str
    lines: list[InvoiceLine]
    net: str
    vat_ppm: int
    vat: str
    vat_note: str
    gross: str
    open_: str
    status: str
    days_late: int
    reference: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.invoice_line import InvoiceLine  # noqa: PLC0415

        id = self.id

        url = self.url

        document = self.document

        number = self.number

        kind = self.kind

        contract = self.contract

        through = self.through

        issued_on = self.issued_on.isoformat()

        due_on = self.due_on.isoformat()

        currency = self.currency

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        net = self.net

        vat_ppm = self.vat_ppm

        vat = self.vat

        vat_note = self.vat_note

        gross = self.gross

        open_ = self.open_

        status = self.status

        days_late = self.days_late

        reference = self.reference

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "url": url,
                "document": document,
                "number": number,
                "kind": kind,
                "contract": contract,
                "through": through,
                "issued_on": issued_on,
                "due_on": due_on,
                "currency": currency,
                "lines": lines,
                "net": net,
                "vat_ppm": vat_ppm,
                "vat": vat,
                "vat_note": vat_note,
                "gross": gross,
                "open": open_,
                "status": status,
                "days_late": days_late,
                "reference": reference,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.invoice_line import InvoiceLine  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        url = d.pop("url")

        document = d.pop("document")

        number = d.pop("number")

        kind = d.pop("kind")

        contract = d.pop("contract")

        through = d.pop("through")

        issued_on = datetime.date.fromisoformat(d.pop("issued_on"))

        due_on = datetime.date.fromisoformat(d.pop("due_on"))

        currency = d.pop("currency")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = InvoiceLine.from_dict(lines_item_data)

            lines.append(lines_item)

        net = d.pop("net")

        vat_ppm = d.pop("vat_ppm")

        vat = d.pop("vat")

        vat_note = d.pop("vat_note")

        gross = d.pop("gross")

        open_ = d.pop("open")

        status = d.pop("status")

        days_late = d.pop("days_late")

        reference = d.pop("reference")

        invoice = cls(
            id=id,
            url=url,
            document=document,
            number=number,
            kind=kind,
            contract=contract,
            through=through,
            issued_on=issued_on,
            due_on=due_on,
            currency=currency,
            lines=lines,
            net=net,
            vat_ppm=vat_ppm,
            vat=vat,
            vat_note=vat_note,
            gross=gross,
            open_=open_,
            status=status,
            days_late=days_late,
            reference=reference,
        )

        invoice.additional_properties = d
        return invoice

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
