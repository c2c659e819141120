"""The made-up bank: the files by which it answers, in the shapes of ISO 20022."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from demo.payees import CURRENCY

STATUS = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
STATEMENT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
SETTLED, REJECTED = "ACSC", "RJCT"
WRONG_ACCOUNT = "AC01"  # ISO 20022 external code list: incorrect account number


def status_report(message_id: str, refused: Mapping[str, bool]) -> bytes:
    """A pain.002 about an order: what became of each payment, by its end-to-end id."""
    root = ET.Element("Document", xmlns=STATUS)
    report = ET.SubElement(root, "CstmrPmtStsRpt")
    group = ET.SubElement(report, "OrgnlGrpInfAndSts")
    _say(group, "OrgnlMsgId", message_id)
    _say(group, "GrpSts", "PART")
    block = ET.SubElement(report, "OrgnlPmtInfAndSts")
    _say(block, "OrgnlPmtInfId", message_id)
    for end_to_end_id, is_refused in refused.items():
        payment = ET.SubElement(block, "TxInfAndSts")
        _say(payment, "OrgnlEndToEndId", end_to_end_id)
        _say(payment, "TxSts", REJECTED if is_refused else SETTLED)
        if is_refused:
            reason = ET.SubElement(payment, "StsRsnInf")
            _say(ET.SubElement(reason, "Rsn"), "Cd", WRONG_ACCOUNT)
            _say(reason, "AddtlInf", "The account is not known.")
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


@dataclass(frozen=True)
class Credit:
    """A payment that came in, and the reference by which its payer tells what it is for."""

    amount: Decimal
    payer: str
    payer_iban: str
    reference: str  # ISO 11649


def statement(
    *, name: str, iban: str, day: date, opening: Decimal, credits: Sequence[Credit]
) -> bytes:
    """A camt.053 of one day: the balance before, each credit, and the balance after.

    `name` is the bank's own for the statement, never used again.
    """
    root = ET.Element("Document", xmlns=STATEMENT)
    message = ET.SubElement(root, "BkToCstmrStmt")
    _say(ET.SubElement(message, "GrpHdr"), "MsgId", name)
    report = ET.SubElement(message, "Stmt")
    _say(report, "Id", name)
    _say(_within(report, "Acct", "Id"), "IBAN", iban)
    _balance(report, "OPBD", opening, day)
    _balance(report, "CLBD", opening + sum(each.amount for each in credits), day)
    for number, credit in enumerate(credits, start=1):
        _entry(report, credit, day, f"{name}-{number}")
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _balance(report: ET.Element, code: str, amount: Decimal, day: date) -> None:
    balance = ET.SubElement(report, "Bal")
    _say(_within(balance, "Tp", "CdOrPrtry"), "Cd", code)
    _amount(balance, abs(amount))
    _say(balance, "CdtDbtInd", "CRDT" if amount >= 0 else "DBIT")
    _say(_within(balance, "Dt"), "Dt", f"{day}")


def _entry(report: ET.Element, credit: Credit, day: date, reference: str) -> None:
    entry = ET.SubElement(report, "Ntry")
    _amount(entry, credit.amount)
    _say(entry, "CdtDbtInd", "CRDT")
    _say(_within(entry, "Sts"), "Cd", "BOOK")
    _say(_within(entry, "BookgDt"), "Dt", f"{day}")
    _say(entry, "AcctSvcrRef", reference)
    details = _within(entry, "NtryDtls", "TxDtls")
    parties = _within(details, "RltdPties")
    _say(_within(parties, "Dbtr", "Pty"), "Nm", credit.payer)
    _say(_within(parties, "DbtrAcct", "Id"), "IBAN", credit.payer_iban)
    _say(_within(details, "RmtInf", "Strd", "CdtrRefInf"), "Ref", credit.reference)


def _amount(parent: ET.Element, amount: Decimal) -> None:
    ET.SubElement(parent, "Amt", Ccy=CURRENCY).text = f"{amount:.2f}"


def _within(parent: ET.Element, *names: str) -> ET.Element:
    for name in names:
        parent = ET.SubElement(parent, name)
    return parent


def _say(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text
