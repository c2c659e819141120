"""Payment orders and status reports: schema-valid, the same bytes, and nothing hostile gets in."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from royalty.documents.pain import (
    Address,
    BankAccount,
    BankDetailsError,
    CreditTransfer,
    Fate,
    PaymentFileError,
    StatusReportError,
    Transfer,
    check_iban,
    compact,
    credit_transfer_xml,
    read_status_report,
)
from royalty.documents.pain.bank import IBAN_LENGTHS, payment_text

GOOD_IBANS = ["DE89370400440532013000", "GB29NWBK60161331926819", "NO9386011117947"]
ADDRESS = Address(town="Köln", country="DE", street="Rheingasse", building="12", postcode="50676")
DEBTOR = BankAccount("Catalogue & Söhne GmbH", GOOD_IBANS[0], ADDRESS, "GENODEF1XXX")
NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


def order(**changes) -> CreditTransfer:
    transfers = tuple(
        Transfer(f"B1-P{n}", 3_811 + n, BankAccount(f"Ada N° {n}", GOOD_IBANS[1], ADDRESS), "Oct")
        for n in range(3)
    )
    return replace(
        CreditTransfer(
            message_id="B1",
            created_at=datetime(2026, 11, 10, 9, tzinfo=UTC),
            execution_date=date(2026, 11, 12),
            debtor=DEBTOR,
            currency="EUR",
            minor_decimals=2,
            transfers=transfers,
        ),
        **changes,
    )


def report(status="RJCT", message="B1", payment="B1-P1", group="PART") -> bytes:
    return f"""<?xml version="1.0"?>
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
      <GrpHdr><MsgId>X</MsgId></GrpHdr>
      <OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId><GrpSts>{group}</GrpSts>
      </OrgnlGrpInfAndSts>
      <OrgnlPmtInfAndSts><TxInfAndSts><OrgnlEndToEndId>{payment}</OrgnlEndToEndId>
        <TxSts>{status}</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn>
        <AddtlInf>Account closed</AddtlInf></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts>
    </CstmrPmtStsRpt></Document>""".encode()


def test_an_order_is_valid_by_the_schema():
    xmlschema = pytest.importorskip("xmlschema")
    sepaxml = pytest.importorskip("sepaxml")
    path = Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"
    schema = xmlschema.XMLSchema(str(path))
    for each in (
        order(),
        order(currency="JPY", minor_decimals=0),
        order(debtor=replace(DEBTOR, bic="")),
    ):
        schema.validate(credit_transfer_xml(each).decode())


def test_counts_and_control_sums_are_those_of_the_payments():
    root = ET.fromstring(credit_transfer_xml(order()))
    for place in ("p:GrpHdr", "p:PmtInf"):
        (found,) = root.iterfind(f"p:CstmrCdtTrfInitn/{place}", NS)
        assert found.findtext("p:NbOfTxs", namespaces=NS) == "3"
        assert found.findtext("p:CtrlSum", namespaces=NS) == "114.36"
    amounts = [element.text for element in root.iterfind(".//p:InstdAmt", NS)]
    assert amounts == ["38.11", "38.12", "38.13"]


def test_every_address_is_structured_with_its_town_and_country():
    root = ET.fromstring(credit_transfer_xml(order()))
    addresses = root.findall(".//p:PstlAdr", NS)
    assert len(addresses) == 4
    for found in addresses:
        assert found.findtext("p:TwnNm", namespaces=NS) == "Koln"
        assert found.findtext("p:Ctry", namespaces=NS) == "DE"
        assert found.find("p:AdrLine", NS) is None


def test_the_same_order_gives_the_same_bytes():
    assert credit_transfer_xml(order()) == credit_transfer_xml(order())


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: order(transfers=()),
        lambda: order(transfers=order().transfers * 2),
        lambda: order(message_id="x" * 36),
        lambda: order(message_id="a<b"),
        lambda: Transfer("P", 0, DEBTOR, ""),
    ],
    ids=["no payment", "an id twice", "an id too long", "an id with markup", "no amount"],
)
def test_an_order_that_no_bank_takes_is_refused(wrong):
    with pytest.raises(PaymentFileError):
        wrong()


@given(st.text(max_size=200))
def test_whatever_a_payee_is_called_the_file_has_only_characters_of_sepa(name):
    text = payment_text(name, 70)
    assert len(text) <= 70
    assert text.isascii()
    assert not set(text) & set('<>&"\n')


@pytest.mark.parametrize("iban", GOOD_IBANS)
def test_ibans_of_the_registry_are_good_and_no_changed_digit_is(iban):
    check_iban(iban)
    for position in range(4, len(iban)):
        if iban[position].isdigit():
            changed = iban[:position] + str((int(iban[position]) + 1) % 10) + iban[position + 1 :]
            with pytest.raises(BankDetailsError, match="check digits"):
                check_iban(changed)


@pytest.mark.parametrize(
    ("iban", "why"),
    [
        ("", "no country"),
        ("QQ00", "no country"),
        ("DE8937040044053201300", "has 21 characters"),
        ("DE8937040044053201300é", "other signs"),
        ("DE٨٩370400440532013000", "other signs"),
    ],
    ids=["empty", "no such country", "too short", "an accent", "digits of another script"],
)
def test_a_malformed_iban_is_refused_in_a_sentence(iban, why):
    with pytest.raises(BankDetailsError, match=why):
        check_iban(iban)


def test_lengths_of_ibans_are_those_of_the_registry():
    iban = pytest.importorskip("stdnum.iban")
    for country, length in IBAN_LENGTHS.items():
        parts = iban._ibandb.info(country + "00")[0][1]["bban"]
        digits = [int(part.split("!")[0]) for part in _parts(parts)]
        assert 4 + sum(digits) == length, country


def _parts(structure: str) -> list[str]:
    return structure.replace("n", "n ").replace("a", "a ").replace("c", "c ").split()


def test_blanks_and_small_letters_of_an_iban_are_forgiven():
    assert compact(" de89 3704 0044 0532 0130 00 ") == GOOD_IBANS[0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"town": ""},
        {"country": "Germany"},
        {"town": "x" * 36},
        {"town": "東京"},
        {"building": "1" * 17},
    ],
    ids=["no town", "country in words", "town too long", "town no bank can read", "long number"],
)
def test_an_address_that_banks_reject_is_refused(wrong):
    with pytest.raises(BankDetailsError):
        replace(ADDRESS, **wrong)


def test_a_rejected_payment_comes_back_with_its_reason():
    found = read_status_report(report())
    assert found.original_message_id == "B1"
    assert found.group is None
    (payment,) = found.payments
    assert (payment.end_to_end_id, payment.fate) == ("B1-P1", Fate.RETURNED)
    assert payment.reason == "AC04: Account closed"


@pytest.mark.parametrize(
    ("status", "fate"),
    [("ACSC", Fate.PAID), ("ACCC", Fate.PAID), ("ACSP", Fate.UNDER_WAY), ("PDNG", Fate.UNDER_WAY)],
)
def test_only_what_is_settled_counts_as_paid(status, fate):
    assert read_status_report(report(status)).payments[0].fate is fate


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
<!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]><lolz>&lol2;</lolz>"""
READS = b"""<?xml version="1.0"?><!DOCTYPE foo [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<foo>&x;</foo>"""


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (LAUGHS, "document type"),
        (READS, "document type"),
        (b"<a>" * 100 + b"</a>" * 100, "nested deeper"),
        (b"<a>", "not well-formed"),
        (b"", "not well-formed"),
        (b"\x00\xff", "not well-formed"),
        (b"<Document/>", "no pain.002"),
        (credit_transfer_xml(order()), "no pain.002"),
        (report(message=""), "which order"),
        (report(payment=""), "no OrgnlEndToEndId"),
    ],
    ids=[
        *("laughs", "reads a file", "deep", "torn", "empty", "bytes", "other", "order"),
        *("of no order", "nameless"),
    ],
)
def test_hostile_and_foreign_files_are_refused(content, why):
    with pytest.raises(StatusReportError, match=why):
        read_status_report(content)
