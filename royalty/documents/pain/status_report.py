"""What became of an order: the bank's payment status report, ISO 20022 pain.002, any version.

The file comes from outside and is read as such (`hostile_xml`). Nothing here decides what is done
about a status.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from royalty.documents.hostile_xml import XmlError, parse, said
from royalty.documents.refusals import words as _

_BEFORE_SCHEMA = "urn:iso:std:iso:20022:tech:xsd:pain.002.001."


class StatusReportError(ValueError):
    """A file that is no usable status report; the message says why."""


class Fate(Enum):
    """What a status code means for whoever waits for the money (ISO 20022 external code list)."""

    PAID = "paid"
    RETURNED = "returned"
    UNDER_WAY = "under way"


# ACSC, ACCC: settled on the debtor's, on the creditor's account. Everything else is on its way.
_FATES = {"ACSC": Fate.PAID, "ACCC": Fate.PAID, "RJCT": Fate.RETURNED, "CANC": Fate.RETURNED}


@dataclass(frozen=True)
class PaymentStatus:
    """What the bank says of one payment."""

    end_to_end_id: str
    fate: Fate
    reason: str  # the bank's code and words; empty where it gave none


@dataclass(frozen=True)
class StatusReport:
    """A report about one order. `group` is set where it speaks of all its payments at once."""

    original_message_id: str
    group: PaymentStatus | None
    payments: tuple[PaymentStatus, ...]


def read_status_report(content: bytes) -> StatusReport:
    """What a pain.002 file says.

    Raises StatusReportError if it is too large, not well-formed, has a document type declaration,
    is another message, or names no order.
    """
    try:
        root = parse(content, _("status report"))
    except XmlError as error:
        raise StatusReportError(str(error)) from error
    namespace, _brace, name = root.tag.removeprefix("{").partition("}")
    if name != "Document" or not namespace.startswith(_BEFORE_SCHEMA):
        raise StatusReportError(f"This is no pain.002 status report: it begins with {root.tag!r}.")
    report = root.find("{*}CstmrPmtStsRpt")
    original = said(report, "{*}OrgnlGrpInfAndSts/{*}OrgnlMsgId") if report is not None else ""
    if report is None or not original:
        raise StatusReportError("The status report does not say about which order (OrgnlMsgId).")
    return StatusReport(original, _group(report), tuple(_payments(report)))


def _group(report: ET.Element) -> PaymentStatus | None:
    about = report.find("{*}OrgnlGrpInfAndSts")
    code = said(about, "{*}GrpSts") if about is not None else ""
    if about is None or not code or code == "PART":
        return None
    return PaymentStatus("", _FATES.get(code, Fate.UNDER_WAY), _reason(about))


def _payments(report: ET.Element) -> Iterator[PaymentStatus]:
    for block in report.iterfind("{*}OrgnlPmtInfAndSts"):
        for payment in block.iterfind("{*}TxInfAndSts"):
            name = said(payment, "{*}OrgnlEndToEndId")
            if not name:
                raise StatusReportError("A payment in the status report has no OrgnlEndToEndId.")
            fate = _FATES.get(said(payment, "{*}TxSts"), Fate.UNDER_WAY)
            yield PaymentStatus(name, fate, _reason(payment))


def _reason(about: ET.Element) -> str:
    """The bank's codes and words, the first of each, on one line."""
    code = said(about, "{*}StsRsnInf/{*}Rsn/{*}Cd") or said(about, "{*}StsRsnInf/{*}Rsn/{*}Prtry")
    words = said(about, "{*}StsRsnInf/{*}AddtlInf")
    return ": ".join(part for part in (code, words) if part)[:200]
