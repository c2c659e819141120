"""What became of an order: the bank's payment status report, ISO 20022 pain.002, any version.

The file comes from outside. It is capped before it is parsed, a document type declaration is
refused (every attack by entities needs one), and depth is bounded. Nothing here decides what is
done about a status.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from xml.parsers import expat

MAX_BYTES = 50_000_000
_MAX_DEPTH = 40
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
    root = _parse(content)
    namespace, _, name = root.tag.removeprefix("{").partition("}")
    if name != "Document" or not namespace.startswith(_BEFORE_SCHEMA):
        raise StatusReportError(f"This is no pain.002 status report: it begins with {root.tag!r}.")
    report = root.find("{*}CstmrPmtStsRpt")
    original = _said(report, "{*}OrgnlGrpInfAndSts/{*}OrgnlMsgId") if report is not None else ""
    if report is None or not original:
        raise StatusReportError("The status report does not say about which order (OrgnlMsgId).")
    return StatusReport(original, _group(report), tuple(_payments(report)))


def _group(report: ET.Element) -> PaymentStatus | None:
    about = report.find("{*}OrgnlGrpInfAndSts")
    code = _said(about, "{*}GrpSts") if about is not None else ""
    if about is None or not code or code == "PART":
        return None
    return PaymentStatus("", _FATES.get(code, Fate.UNDER_WAY), _reason(about))


def _payments(report: ET.Element) -> Iterator[PaymentStatus]:
    for block in report.iterfind("{*}OrgnlPmtInfAndSts"):
        for payment in block.iterfind("{*}TxInfAndSts"):
            name = _said(payment, "{*}OrgnlEndToEndId")
            if not name:
                raise StatusReportError("A payment in the status report has no OrgnlEndToEndId.")
            fate = _FATES.get(_said(payment, "{*}TxSts"), Fate.UNDER_WAY)
            yield PaymentStatus(name, fate, _reason(payment))


def _reason(about: ET.Element) -> str:
    """The bank's codes and words, the first of each, on one line."""
    code = _said(about, "{*}StsRsnInf/{*}Rsn/{*}Cd") or _said(about, "{*}StsRsnInf/{*}Rsn/{*}Prtry")
    words = _said(about, "{*}StsRsnInf/{*}AddtlInf")
    return ": ".join(part for part in (code, words) if part)[:200]


def _said(parent: ET.Element, path: str) -> str:
    return " ".join((parent.findtext(path) or "").split())


def _parse(content: bytes) -> ET.Element:
    """The tree, built by expat itself, so that a declaration is seen before it is obeyed."""
    if len(content) > MAX_BYTES:
        raise StatusReportError(f"The status report has more than {MAX_BYTES:,} bytes.")
    builder, depth = ET.TreeBuilder(), 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise StatusReportError(f"The status report is nested deeper than {_MAX_DEPTH}.")
        builder.start(_clark(tag), attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_clark(tag))

    def refuse(*_: object) -> None:
        raise StatusReportError("The status report declares a document type; no bank needs one.")

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise StatusReportError(f"The status report is not well-formed XML: {error}.") from error
    return builder.close()


def _clark(tag: str) -> str:
    """Names as ElementTree writes them: {namespace}name."""
    return f"{{{tag}" if "}" in tag else tag
