"""The made-up bank: the files by which it answers, in the shapes of ISO 20022."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping

STATUS = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
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


def _say(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text
