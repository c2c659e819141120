from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID
import datetime


T = TypeVar("T", bound="Entry")


@_attrs_define
class Entry:
    """One side of a booking. Of a journal you see the entries on your contract's accounts.

    Attributes:
        id (int):
        journal (UUID): What was booked together.
        journal_kind (str): * `revenue` - Revenue
            * `allocation` - Allocation
            * `restatement` - Restatement
            * `reversal` - Reversal
            * `release` - Release
            * `advance` - Advance
            * `payout` - Payout
            * `payment` - Payment
            * `invoice` - Invoice
            * `receipt` - Receipt
        posted_on (datetime.date):
        account (str): * `platform_receivable` - owed by the platform
            * `period_revenue` - revenue to be apportioned
            * `commission` - commission kept by the platform
            * `party_payable` - owed to a party
            * `held_unattributed` - held: no track accounts for it
            * `held_unclaimed` - held: the track's owner is not known
            * `held_no_use` - held: nothing was used
            * `held_disputed` - held: its owners disagree
            * `held_unverified` - held: its features are not verified
            * `platform_share` - returned to the platform by contract
            * `party_reserve` - kept in reserve for a party
            * `party_advance` - advanced to a party, not yet recouped
            * `admin_fee` - fee for administration
            * `withholding_tax` - tax withheld, owed to the authority
            * `payout_clearing` - payments on their way
            * `bank` - paid and received through the bank
            * `other_contracts` - advances recouped across contracts
            * `unmatched_receipts` - received, and not known what for
            * `platform_credit` - credited to the platform
            * `vat_payable` - VAT charged, owed to the authority
            * `vat_reclaimable` - VAT paid, to be reclaimed
        side (str): * `debit` - Debit
            * `credit` - Credit
        amount (str): Always positive.
        currency (str):
    """

    id: int
    journal: UUID
    journal_kind: str
    posted_on: datetime.date
    account: str
    side: str
    amount: str
    currency: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        journal = str(self.journal)

        journal_kind = self.journal_kind

        posted_on = self.posted_on.isoformat()

        account = self.account

        side = self.side

        amount = self.amount

        currency = self.currency

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "journal": journal,
                "journal_kind": journal_kind,
                "posted_on": posted_on,
                "account": account,
                "side": side,
                "amount": amount,
                "currency": currency,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        journal = UUID(d.pop("journal"))

        journal_kind = d.pop("journal_kind")

        posted_on = datetime.date.fromisoformat(d.pop("posted_on"))

        account = d.pop("account")

        side = d.pop("side")

        amount = d.pop("amount")

        currency = d.pop("currency")

        entry = cls(
            id=id,
            journal=journal,
            journal_kind=journal_kind,
            posted_on=posted_on,
            account=account,
            side=side,
            amount=amount,
            currency=currency,
        )

        entry.additional_properties = d
        return entry

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
