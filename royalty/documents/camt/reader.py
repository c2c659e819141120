"""Reading camt.053 (bank to customer statement) and camt.054 (debit credit notification).

Any version: elements are found by their names, whatever the namespace; where versions differ
(status and parties are a level deeper since 2019) both ways are looked up. Only booked entries
count. A batch is opened into its transactions, which have to come to the entry's amount; a
statement's opening balance and entries have to come to its closing balance. What does not add up is
refused as a whole. Element names: ISO 20022 message definition report "Bank-to-Customer Cash
Management".
"""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from common.hashing import sha256_json
from royalty.documents.camt.entries import (
    BankEntry,
    BankFile,
    BankFileError,
    Kind,
    Transaction,
)
from royalty.documents.hostile_xml import XmlError, parse, said
from royalty.documents.refusals import Words
from royalty.documents.refusals import words as _

_MESSAGES: dict[str, tuple[Kind, str, str]] = {
    "camt.053.001.": ("camt.053", "{*}BkToCstmrStmt", "{*}Stmt"),
    "camt.054.001.": ("camt.054", "{*}BkToCstmrDbtCdtNtfctn", "{*}Ntfctn"),
}
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
_AMOUNT = re.compile(r"\d{1,13}(\.\d{1,5})?", re.ASCII)
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
_NONE_GIVEN = "NOTPROVIDED"
_TEXT_LENGTH, _NAME_LENGTH, _ID_LENGTH = 1_000, 140, 35


def read_bank_file(content: bytes) -> BankFile:
    """What a camt.053 or camt.054 file says.

    Raises:
        BankFileError: too large, not well-formed, with a document type declaration, another
            message, or one whose amounts do not add up; the sentence names the entry.
    """
    try:
        root = parse(content, _("bank file"))
    except XmlError as error:
        raise BankFileError(error.words) from error
    kind, message, reports = _message(root)
    message_id = said(message, "{*}GrpHdr/{*}MsgId")
    if not message_id or len(message_id) > _ID_LENGTH:
        raise BankFileError(
            _("The bank file has no message id (GrpHdr/MsgId) of 1 to 35 characters.")
        )
    seen: Counter[str] = Counter()
    entries = [
        entry
        for number, report in enumerate(message.iterfind(reports), 1)
        for entry in _report(report, kind, _("statement %(number)s", number=number), seen)
    ]
    return BankFile(kind, message_id, tuple(entries))


def _message(root: ET.Element) -> tuple[Kind, ET.Element, str]:
    namespace, _brace, name = root.tag.removeprefix("{").partition("}")
    for prefix, (kind, path, reports) in _MESSAGES.items():
        message = root.find(path)
        known = namespace.startswith(_NAMESPACE + prefix) and name == "Document"
        if known and message is not None:
            return kind, message, reports
    raise BankFileError(
        _("This is no camt.053 or camt.054 file: it begins with %(tag)s.", tag=repr(root.tag))
    )


def _report(
    report: ET.Element, kind: Kind, where: Words, seen: Counter[str]
) -> Iterator[BankEntry]:
    """The booked entries of one account."""
    account = said(report, "{*}Acct/{*}Id/{*}IBAN")
    if not account:
        raise BankFileError(_("In %(place)s, no account has an IBAN (Acct/Id/IBAN).", place=where))
    total = Decimal(0)
    for number, node in enumerate(report.iterfind("{*}Ntry"), 1):
        place = _("%(place)s, entry %(number)s", place=where, number=number)
        if (said(node, "{*}Sts/{*}Cd") or said(node, "{*}Sts")) != "BOOK":
            continue
        entry = _entry(node, account, place, seen)
        total += entry.amount if entry.is_credit else -entry.amount
        yield entry
    if kind == "camt.053":
        _check_balances(report, total, where)


def _check_balances(report: ET.Element, total: Decimal, where: Words) -> None:
    opening, closing = (_balance(report, codes, where) for codes in (_OPENING, _CLOSING))
    if opening + total != closing:
        raise BankFileError(
            _(
                "In %(place)s, the opening balance %(opening)s and the booked entries %(total)s do "
                "not come to the closing balance %(closing)s; ask the bank for the whole "
                "statement.",
                place=where,
                opening=opening,
                total=total,
                closing=closing,
            )
        )


def _balance(report: ET.Element, codes: tuple[str, ...], where: Words) -> Decimal:
    for code in codes:
        for node in report.iterfind("{*}Bal"):
            if said(node, "{*}Tp/{*}CdOrPrtry/{*}Cd") == code:
                amount, _code = _amount(node.find("{*}Amt"), where)
                return amount if _is_credit(node, where) else -amount
    raise BankFileError(
        _("In %(place)s, the balance %(codes)s is missing.", place=where, codes=" / ".join(codes))
    )


def _entry(node: ET.Element, account: str, where: Words, seen: Counter[str]) -> BankEntry:
    amount, currency = _amount(node.find("{*}Amt"), where)
    transactions = _transactions(node, amount, currency, where)
    booked = said(node, "{*}BookgDt/{*}Dt") or said(node, "{*}BookgDt/{*}DtTm")
    try:
        booked_on = date.fromisoformat(booked[:10])
    except ValueError:
        raise BankFileError(
            _("In %(place)s, the booking date is %(date)s.", place=where, date=repr(booked))
        ) from None
    is_credit, is_reversal = _is_credit(node, where), said(node, "{*}RvslInd") in {"true", "1"}
    reference = said(node, "{*}AcctSvcrRef")
    content: list[object] = [account, reference, is_credit]
    if not reference:
        content += [currency, is_reversal, booked_on.isoformat(), *map(_content, transactions)]
        # Two entries that say the same are two, wherever they stand.
        seen[sha256_json(content)] += 1
        content.append(seen[sha256_json(content)])
    return BankEntry(
        sha256_json(content), account, currency, booked_on, is_credit, is_reversal, transactions
    )


def _transactions(
    node: ET.Element, amount: Decimal, currency: str, where: Words
) -> tuple[Transaction, ...]:
    """The transactions of an entry; one of its own amount where the bank gives no details."""
    details = node.findall("{*}NtryDtls/{*}TxDtls")
    if len(details) <= 1:
        found: ET.Element = details[0] if details else ET.Element("TxDtls")
        return (_transaction(found, amount, where),)
    transactions = []
    for number, detail in enumerate(details, 1):
        place = _("%(place)s, transaction %(number)s", place=where, number=number)
        part = detail.find("{*}Amt")
        if part is None:
            part = detail.find("{*}AmtDtls/{*}TxAmt/{*}Amt")
        value, code = _amount(part, place)
        if code != currency:
            raise BankFileError(
                _(
                    "In %(place)s, the amount is in %(code)s, the entry in %(currency)s.",
                    place=place,
                    code=code,
                    currency=currency,
                )
            )
        if said(detail, "{*}CdtDbtInd") not in {"", said(node, "{*}CdtDbtInd")}:
            raise BankFileError(
                _("In %(place)s, the direction is not that of its entry.", place=place)
            )
        transactions.append(_transaction(detail, value, place))
    total = sum((each.amount for each in transactions), Decimal(0))
    if total != amount:
        raise BankFileError(
            _(
                "In %(place)s, the transactions come to %(total)s, the entry to %(amount)s.",
                place=where,
                total=total,
                amount=amount,
            )
        )
    return tuple(transactions)


def _transaction(node: ET.Element, amount: Decimal, where: Words) -> Transaction:
    if not amount:
        raise BankFileError(_("In %(place)s, the amount is 0.", place=where))
    structured = node.iterfind("{*}RmtInf/{*}Strd/{*}CdtrRefInf/{*}Ref")
    references = (_line(each.text) for each in structured)
    texts = (_line(each.text) for each in node.iterfind("{*}RmtInf/{*}Ustrd"))
    end_to_end_id = said(node, "{*}Refs/{*}EndToEndId")
    party = "{*}RltdPties/{*}Dbtr"
    because = (said(node, "{*}RtrInf/{*}Rsn/{*}Cd"), said(node, "{*}RtrInf/{*}AddtlInf"))
    return Transaction(
        amount=amount,
        payer_name=(said(node, f"{party}/{{*}}Pty/{{*}}Nm") or said(node, f"{party}/{{*}}Nm"))[
            :_NAME_LENGTH
        ],
        payer_iban=said(node, "{*}RltdPties/{*}DbtrAcct/{*}Id/{*}IBAN")[:34],
        end_to_end_id="" if end_to_end_id == _NONE_GIVEN else end_to_end_id[:_ID_LENGTH],
        references=tuple(each for each in references if each),
        remittance=" ".join(texts)[:_TEXT_LENGTH],
        returned_because=": ".join(part for part in because if part)[:200],
    )


def _content(transaction: Transaction) -> list[str]:
    """All that a transaction says, the same however many zeros its amount ends with."""
    told = transaction
    texts = (told.payer_name, told.payer_iban, told.end_to_end_id, told.remittance)
    return [f"{told.amount.normalize():f}", *texts, *told.references]


def _amount(node: ET.Element | None, where: Words) -> tuple[Decimal, str]:
    text = "" if node is None else _line(node.text)
    if node is None or not _AMOUNT.fullmatch(text):
        raise BankFileError(
            _(
                "In %(place)s, the amount is %(amount)s; digits and a point are wanted.",
                place=where,
                amount=repr(text),
            )
        )
    return Decimal(text), node.get("Ccy", "")


def _is_credit(node: ET.Element, where: Words) -> bool:
    direction = said(node, "{*}CdtDbtInd")
    if direction not in {"CRDT", "DBIT"}:
        raise BankFileError(
            _(
                "In %(place)s, the direction is %(direction)s, not CRDT or DBIT.",
                place=where,
                direction=repr(direction),
            )
        )
    return direction == "CRDT"


def _line(text: str | None) -> str:
    return " ".join((text or "").split())
