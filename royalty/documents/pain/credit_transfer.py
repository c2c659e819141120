"""The order to a bank: ISO 20022 customer credit transfer initiation, pain.001.001.09.

The same order gives the same bytes: elements are written in the schema's sequence, nothing is
drawn by chance and no clock is read. Addresses are structured (town and country always); the number
of transactions and the control sum are counted from what is written. Element names and sequence:
ISO 20022 message definition report "Payments Initiation", 2019.
"""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import UTC, date, datetime

from royalty.documents.pain.bank import Address, BankAccount, payment_text

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
ID_LENGTH = 35
_REMITTANCE_LENGTH = 140
_NAME_LENGTH = 70


class PaymentFileError(ValueError):
    """An order that cannot be written; the message says why."""


@dataclass(frozen=True)
class Transfer:
    """One payment: to whom, how much in minor units, and the id that comes back with its fate."""

    end_to_end_id: str
    amount_minor: int
    creditor: BankAccount
    remittance: str

    def __post_init__(self) -> None:
        _check_id(self.end_to_end_id)
        if self.amount_minor <= 0:
            raise PaymentFileError(f"{self.end_to_end_id}: {self.amount_minor} is no payment.")


@dataclass(frozen=True)
class CreditTransfer:
    """A whole file: one debtor, one day of execution, any number of payments in one currency."""

    message_id: str
    created_at: datetime
    execution_date: date
    debtor: BankAccount
    currency: str
    minor_decimals: int
    transfers: tuple[Transfer, ...]

    def __post_init__(self) -> None:
        _check_id(self.message_id)
        if not self.transfers:
            raise PaymentFileError(f"{self.message_id} has no payment; there is nothing to order.")
        ids = [transfer.end_to_end_id for transfer in self.transfers]
        if len(set(ids)) != len(ids):
            raise PaymentFileError(f"{self.message_id} has an EndToEndId twice.")

    @property
    def total_minor(self) -> int:
        """The control sum."""
        return sum(transfer.amount_minor for transfer in self.transfers)


def credit_transfer_xml(order: CreditTransfer) -> bytes:
    """The file: UTF-8 with a declaration, indented."""
    document = ET.Element("Document", xmlns=NAMESPACE)
    message = ET.SubElement(document, "CstmrCdtTrfInitn")
    _header(ET.SubElement(message, "GrpHdr"), order)
    _payment(ET.SubElement(message, "PmtInf"), order)
    ET.indent(document)
    content: bytes = ET.tostring(document, encoding="UTF-8", xml_declaration=True)
    return content + b"\n"


def _header(parent: ET.Element, order: CreditTransfer) -> None:
    _text(parent, "MsgId", order.message_id)
    created = order.created_at.astimezone(UTC).replace(microsecond=0)
    _text(parent, "CreDtTm", created.isoformat().replace("+00:00", "Z"))
    _counts(parent, order)
    _text(parent, "InitgPty/Nm", payment_text(order.debtor.name, _NAME_LENGTH))


def _payment(parent: ET.Element, order: CreditTransfer) -> None:
    _text(parent, "PmtInfId", order.message_id)
    _text(parent, "PmtMtd", "TRF")
    _text(parent, "BtchBookg", "true")
    _counts(parent, order)
    if order.currency == "EUR":
        _text(parent, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _text(parent, "ReqdExctnDt/Dt", order.execution_date.isoformat())
    _owner(ET.SubElement(parent, "Dbtr"), order.debtor)
    _text(parent, "DbtrAcct/Id/IBAN", order.debtor.iban)
    _agent(ET.SubElement(parent, "DbtrAgt"), order.debtor)
    _text(parent, "ChrgBr", "SLEV" if order.currency == "EUR" else "SHAR")
    for transfer in order.transfers:
        _transfer(ET.SubElement(parent, "CdtTrfTxInf"), transfer, order)


def _transfer(parent: ET.Element, transfer: Transfer, order: CreditTransfer) -> None:
    _text(parent, "PmtId/EndToEndId", transfer.end_to_end_id)
    amount = _text(parent, "Amt/InstdAmt", _decimal(transfer.amount_minor, order.minor_decimals))
    amount.set("Ccy", order.currency)
    if transfer.creditor.bic:
        _agent(ET.SubElement(parent, "CdtrAgt"), transfer.creditor)
    _owner(ET.SubElement(parent, "Cdtr"), transfer.creditor)
    _text(parent, "CdtrAcct/Id/IBAN", transfer.creditor.iban)
    _text(parent, "RmtInf/Ustrd", payment_text(transfer.remittance, _REMITTANCE_LENGTH))


def _counts(parent: ET.Element, order: CreditTransfer) -> None:
    _text(parent, "NbOfTxs", str(len(order.transfers)))
    _text(parent, "CtrlSum", _decimal(order.total_minor, order.minor_decimals))


def _owner(parent: ET.Element, account: BankAccount) -> None:
    _text(parent, "Nm", payment_text(account.name, _NAME_LENGTH))
    _address(ET.SubElement(parent, "PstlAdr"), account.address)


def _address(parent: ET.Element, address: Address) -> None:
    parts = (
        ("StrtNm", address.street, 70),
        ("BldgNb", address.building, 16),
        ("PstCd", address.postcode, 16),
        ("TwnNm", address.town, 35),
        ("Ctry", address.country, 2),
    )
    for tag, value, limit in parts:
        if value:
            _text(parent, tag, payment_text(value, limit))


def _agent(parent: ET.Element, account: BankAccount) -> None:
    """The account's bank; without a BIC the schema wants to be told that none was given."""
    if account.bic:
        _text(parent, "FinInstnId/BICFI", account.bic)
    else:
        _text(parent, "FinInstnId/Othr/Id", "NOTPROVIDED")


def _text(parent: ET.Element, path: str, text: str) -> ET.Element:
    """A new element at the end of a path below the parent; returns the last one."""
    for tag in path.split("/"):
        parent = ET.SubElement(parent, tag)
    parent.text = text
    return parent


def _decimal(amount_minor: int, decimals: int) -> str:
    whole, rest = divmod(amount_minor, int(10**decimals))
    return f"{whole}.{rest:0{decimals}d}" if decimals else str(whole)


def _check_id(value: str) -> None:
    if not value or len(value) > ID_LENGTH or payment_text(value, ID_LENGTH) != value:
        raise PaymentFileError(
            f"{value!r} cannot be an id: 1 to {ID_LENGTH} letters, digits and -/?:().,'+."
        )
