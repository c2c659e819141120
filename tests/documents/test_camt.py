"""Bank files: read in every version, refused where hostile or where they do not add up."""

from decimal import Decimal

import pytest

from royalty.documents.camt import BankFile, BankFileError, read_bank_file

IBAN, OTHER = "FR1420041010050500013M02606", "DE89370400440532013000"
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."


def balance(code: str, amount: str, direction: str = "CRDT") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd></Bal>'
    )


def entry(
    amount: str,
    *,
    direction: str = "CRDT",
    more: str = "",
    details: str = "",
    status: str = "<Sts>BOOK</Sts>",
    day: str = "<BookgDt><Dt>2026-11-20</Dt></BookgDt>",
) -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{more}{status}{day}'
        f"<NtryDtls>{details}</NtryDtls></Ntry>"
    )


def part(amount: str, currency: str = "EUR", more: str = "") -> str:
    return f'<TxDtls><Amt Ccy="{currency}">{amount}</Amt>{more}</TxDtls>'


def statement(
    *entries: str, opening: str = "100.00", closing: str = "", version: str = "02", more: str = ""
) -> bytes:
    balances = balance("OPBD", opening) + (balance("CLBD", closing) if closing else "")
    return (
        f'<Document xmlns="{NAMESPACE}{version}"><BkToCstmrStmt><GrpHdr><MsgId>M-1</MsgId></GrpHdr>'
        f"<Stmt><Id>1</Id><Acct><Id><IBAN>{IBAN}</IBAN></Id></Acct>{balances}{''.join(entries)}"
        f"{more}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def read(*entries: str, closing: str, **more: str) -> BankFile:
    return read_bank_file(statement(*entries, closing=closing, **more))


def test_a_statement_of_version_02_is_read():
    told = part(
        "28.00",
        more="<RltdPties><Dbtr><Nm>Acme</Nm></Dbtr>"
        f"<DbtrAcct><Id><IBAN>{OTHER}</IBAN></Id></DbtrAcct></RltdPties>"
        "<RmtInf><Ustrd>thank</Ustrd><Ustrd>you</Ustrd></RmtInf>",
    )
    file = read(entry("28.00", details=told), closing="128.00")
    (found,) = file.entries
    (payment,) = found.transactions
    assert (file.kind, file.message_id, found.account) == ("camt.053", "M-1", IBAN)
    assert (payment.amount, payment.payer_name, payment.payer_iban) == (Decimal(28), "Acme", OTHER)
    assert payment.remittance == "thank you"


def test_a_statement_of_version_08_is_read_alike():
    new = "<RltdPties><Dbtr><Pty><Nm>Acme</Nm></Pty></Dbtr></RltdPties>"
    told = entry("28.00", details=part("28.00", more=new), status="<Sts><Cd>BOOK</Cd></Sts>")
    file = read(told, closing="128.00", version="08")
    assert file.entries[0].transactions[0].payer_name == "Acme"


def test_a_batch_is_opened_into_its_transactions():
    details = part("10.00") + (
        '<TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">18.00</Amt></TxAmt></AmtDtls></TxDtls>'
    )
    (found,) = read(entry("28.00", details=details), closing="128.00").entries
    assert [each.amount for each in found.transactions] == [Decimal(10), Decimal(18)]


def test_only_booked_entries_count():
    pending = entry("5.00", status="<Sts>PDNG</Sts>")
    assert len(read(entry("28.00"), pending, closing="128.00").entries) == 1


def test_debits_and_reversals_are_told_apart():
    file = read(
        entry("8.00", direction="DBIT"),
        entry("3.00", direction="DBIT", more="<RvslInd>true</RvslInd>"),
        closing="89.00",
    )
    assert [(each.is_credit, each.is_reversal) for each in file.entries] == [
        (False, False),
        (False, True),
    ]


def test_an_overdrawn_account_has_a_negative_balance():
    content = statement(entry("30.00"), opening="10.00").replace(
        b"<CdtDbtInd>CRDT</CdtDbtInd></Bal>", b"<CdtDbtInd>DBIT</CdtDbtInd></Bal>", 1
    )
    closed = content.replace(b"<Ntry>", balance("CLBD", "20.00").encode() + b"<Ntry>", 1)
    assert len(read_bank_file(closed).entries) == 1


def test_the_same_entry_has_the_same_key_whatever_the_file_and_its_zeros():
    one = read(entry("28.00", details=part("28.00")), closing="128.00").entries[0]
    other = read(entry("28.0", details=part("28.0")), closing="128.00").entries[0]
    another = read(entry("28.01", details=part("28.01")), closing="128.01").entries[0]
    assert one.key == other.key != another.key


def test_the_banks_reference_is_the_key_where_there_is_one():
    reference = "<AcctSvcrRef>B-7</AcctSvcrRef>"
    plain = read(entry("28.00", more=reference), closing="128.00").entries[0]
    told = entry("28.00", more=reference, details=part("28.00", more="<RmtInf/>"))
    assert plain.key == read(told, closing="128.00").entries[0].key


def test_two_equal_entries_of_one_file_have_two_keys():
    first, second = read(entry("1.00"), entry("1.00"), closing="102.00").entries
    assert first.key != second.key


BOMB = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">&b;</Document>"""
OUTSIDE = b"""<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><Document>&a;</Document>"""


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(BOMB, "declares a document type", id="bomb"),
        pytest.param(OUTSIDE, "declares a document type", id="outside"),
        pytest.param(b"<Document>" * 41, "nested deeper", id="depth"),
        pytest.param(b"not xml", "not well-formed", id="text"),
        pytest.param(b"", "not well-formed", id="empty"),
        pytest.param(b"<Document/>", "no camt.053 or camt.054", id="another message"),
        pytest.param(
            statement(closing="100.00").replace(b"M-1", b""), "has no message id", id="no id"
        ),
        pytest.param(
            statement(closing="100.00").replace(b"<IBAN>", b"<X>").replace(b"</IBAN>", b"</X>"),
            "no account has an IBAN",
            id="no account",
        ),
        pytest.param(
            statement(entry("28.00"), closing="128.01"),
            r"opening balance 100.00 and the booked entries 28.00 do not come to the closing",
            id="balances",
        ),
        pytest.param(statement(entry("1.00")), "the balance CLBD is missing", id="no closing"),
        pytest.param(
            statement(entry("28.00", details=part("10.00") + part("17.00")), closing="128.00"),
            r"statement 1, entry 1, the transactions come to 27.00, the entry to 28.00",
            id="batch",
        ),
        pytest.param(
            statement(entry("2.00", details=part("1") + part("1", "USD")), closing="102.00"),
            "transaction 2, the amount is in USD",
            id="currency within a batch",
        ),
        pytest.param(statement(entry("1,00"), closing="101.00"), "is '1,00'", id="comma"),
        pytest.param(statement(entry("-1.00"), closing="99.00"), "is '-1.00'", id="negative"),
        pytest.param(statement(entry("NaN"), closing="99.00"), "is 'NaN'", id="no number"),
        pytest.param(statement(entry("0.00"), closing="100.00"), "the amount is 0", id="nothing"),
        pytest.param(
            statement(entry("1.00", direction="UP"), closing="101.00"), "is 'UP'", id="direction"
        ),
        pytest.param(
            statement(entry("1.00", day="<BookgDt><Dt>soon</Dt></BookgDt>"), closing="101.00"),
            "the booking date is 'soon'",
            id="date",
        ),
    ],
)
def test_what_is_hostile_or_does_not_add_up_is_refused_with_its_place(content, why):
    with pytest.raises(BankFileError, match=why):
        read_bank_file(content)
