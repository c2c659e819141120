"""TSV, XLSX, JSON and RDR-R: the same rows as the CSV, to the atom, inert, in the same bytes."""

import csv
import io
import json
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from royalty.documents import (
    Adjustment,
    Change,
    Difference,
    LineSource,
    Period,
    StatementDocument,
    StatementError,
    StatementLine,
    TopWork,
    statement_csv,
    statement_json,
    statement_rdr,
    statement_tsv,
    statement_xlsx,
)
from royalty.documents.json import SCHEMA
from tests.documents.statements import EUR, WORKS, lines_of, statement

LINES = lines_of(WORKS)
OLD = replace(LINES[0], atoms=7)
NEW = replace(LINES[0], atoms=3)
SEPTEMBER = Period("2025-09", date(2025, 9, 1), date(2025, 9, 30))
SOLD = Adjustment(SEPTEMBER, "changed ownership", "T0 was sold", -4, (Difference(OLD, NEW),))
UNDONE = Adjustment(None, "booking undone", "posted twice", 9)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
HOSTILE = '=HYPERLINK("http://evil")\t\r\n\u2028\x00|<b>&\N{RIGHT-TO-LEFT OVERRIDE}'


def adjusted() -> StatementDocument:
    """The statement with two adjustments and a payment that was settled."""
    plain = statement()
    more = (
        Change("Adjustment of 2025-09: changed ownership", -4, is_adjustment=True),
        Change("Adjustment: booking undone", 9, is_adjustment=True),
        Change("Paid out", -300 * EUR.atoms_per_minor, is_settlement=True),
    )
    moved = sum(change.atoms for change in more)
    return replace(
        plain,
        changes=(*plain.changes, *more),
        closing_atoms=plain.closing_atoms + moved,
        adjustments=(SOLD, UNDONE),
    )


def csv_rows(document: StatementDocument, lines: Iterable[StatementLine]) -> list[dict[str, str]]:
    text = b"".join(statement_csv(document, lines)).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def tsv_rows(document: StatementDocument, lines: Iterable[StatementLine]) -> list[dict[str, str]]:
    text = b"".join(statement_tsv(document, lines)).decode()
    head, *rows = (line.split("\t") for line in text.removesuffix("\n").split("\n"))
    return [dict(zip(head, row, strict=True)) for row in rows]


def json_of(document: StatementDocument, lines: Iterable[StatementLine]) -> dict:
    return json.loads(b"".join(statement_json(document, lines)))


def sheet(content: bytes, number: int) -> list[list[str]]:
    """The cells of a sheet as text."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        strings = []
        if "xl/sharedStrings.xml" in book.namelist():
            strings = [
                "".join(s.itertext()) for s in ET.fromstring(book.read("xl/sharedStrings.xml"))
            ]
        root = ET.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
    assert root.find(f".//{MAIN}f") is None, "no formula"
    return [[_cell(cell, strings) for cell in row] for row in root.iter(f"{MAIN}row")]


def _cell(cell: ET.Element, strings: list[str]) -> str:
    if cell.get("t") == "s":
        return strings[int(cell.findtext(f"{MAIN}v", ""))]
    return "".join(cell.itertext())


def test_all_formats_have_the_rows_of_the_csv():
    document = adjusted()
    rows = csv_rows(document, LINES)
    assert len(rows) == len(LINES) + 3
    assert tsv_rows(document, LINES) == rows
    told = json_of(document, LINES)
    assert [{k: str(v) for k, v in row.items()} for row in told["rows"]] == [
        {name: row[name] for name in row if row[name] and name not in told} for row in rows
    ]
    head, *cells = sheet(statement_xlsx(document, LINES), 2)
    assert len(cells) == len(rows)
    amounts = [Decimal(row[-1]) for row in cells]
    assert amounts == [Decimal(row["amount"]) for row in rows]
    assert head[-1] == "amount"


def test_opening_and_rows_lead_to_the_balance_before_payment():
    document = adjusted()
    told = json_of(document, LINES)
    moved = sum(Decimal(row["amount"]) for row in told["rows"])
    total = Decimal(told["opening_balance"]) + moved
    assert total == Decimal(told["closing_balance"]) + Decimal(told["payable"])
    changes = sum(Decimal(change["amount"]) for change in told["changes"])
    assert changes == moved


def test_an_adjusted_line_says_what_it_was_and_what_changed():
    rows = csv_rows(adjusted(), LINES)
    sold, undone, paid = rows[-3:]
    assert (sold["adjustment_of"], sold["adjustment_reason"]) == ("2025-09", "T0 was sold")
    assert (sold["amount_before"], sold["amount"]) == ("0.00000007", "-0.00000004")
    assert (undone["adjustment_of"], undone["amount"], undone["amount_before"]) == (
        "",
        "0.00000009",
        "",
    )
    assert (paid["line_source"], paid["description"], paid["amount"]) == (
        "settlement",
        "Paid out",
        "-3.00000000",
    )


def test_the_json_is_what_its_schema_says():
    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    for document, lines in ((adjusted(), LINES), (statement(()), [])):
        Draft202012Validator(schema).validate(json_of(document, lines))


@pytest.mark.parametrize(
    "write",
    [
        lambda document, lines: b"".join(statement_tsv(document, lines)),
        statement_xlsx,
        lambda document, lines: b"".join(statement_json(document, lines)),
        lambda document, lines: b"".join(statement_rdr(document, lines)),
    ],
    ids=["tsv", "xlsx", "json", "rdr"],
)
class TestEveryFormat:
    def test_gives_the_same_bytes(self, write):
        assert write(adjusted(), LINES) == write(adjusted(), iter(LINES))

    @pytest.mark.parametrize("wrong", [LINES[:-1], [*LINES, LINES[0]]], ids=["short", "long"])
    def test_refuses_lines_that_are_not_those_of_the_document(self, write, wrong):
        with pytest.raises(StatementError):
            write(adjusted(), wrong)

    def test_holds_a_statement_without_lines(self, write):
        assert write(statement(()), [])


def test_adjustments_that_do_not_make_the_change_are_refused():
    with pytest.raises(StatementError, match="adjusts by 5 atoms, its reasons by 9"):
        replace(adjusted(), adjustments=(UNDONE,))
    with pytest.raises(StatementError, match="come to -4 atoms, the books moved -5"):
        replace(SOLD, atoms=-5)


def hostile(text: str) -> tuple[StatementDocument, list[StatementLine]]:
    work = TopWork(text, text, 1, 1, 1_000_000, 0, 500_000_000)
    lines = [replace(line, track_id=text, generation_id=text) for line in lines_of((work,))]
    return replace(statement((work,)), payee_name=text, payee_ref=text), lines


@given(st.text(min_size=1, max_size=40))
def test_text_stays_in_its_cell(text):
    document, lines = hostile(text)
    (row,) = tsv_rows(document, lines)
    assert row["amount"] == "0.01000000"
    records = b"".join(statement_rdr(document, lines)).decode().removesuffix("\r\n").split("\r\n")
    widths = {record.split("\t")[0].lstrip("#"): record.count("\t") for record in records}
    assert all(
        record.count("\t") == widths[record.split("\t")[0].lstrip("#")] for record in records
    )
    assert records[-1].endswith(f"\t{len(records)}")
    assert json_of(document, lines)["payee"] == text


def test_a_hostile_title_is_text_in_a_workbook():
    document, lines = hostile(HOSTILE)
    content = statement_xlsx(document, lines)
    (_, row) = sheet(content, 2)
    assert any("HYPERLINK" in cell for cell in row)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert not any(
            "hyperlink" in book.read(name).decode().lower()
            for name in book.namelist()
            if name.endswith(".rels")
        )
        assert {item.date_time for item in book.infolist()} == {(1980, 1, 31, 0, 0, 0)}


@pytest.mark.parametrize(
    ("atoms", "is_number"),
    [(999_999_999_999_999, True), (-1, True), (1_000_000_000_000_001, False), (2**62, False)],
    ids=["fifteen-digits", "an-atom", "sixteen-digits", "near-the-limit"],
)
def test_an_amount_that_a_spreadsheet_would_round_is_text(atoms, is_number):
    work = TopWork("A", "B", 1, 1, atoms, 0, 500_000_000)
    lines = [replace(line, piece_revenue_atoms=None) for line in lines_of((work,))]
    document = replace(statement((work,), opening_atoms=0))
    _, row = sheet(statement_xlsx(document, lines), 2)
    shown = f"{float(row[-1]):.15g}" if is_number else row[-1]
    assert Decimal(shown) * 10**8 == atoms
    with zipfile.ZipFile(io.BytesIO(statement_xlsx(document, lines))) as book:
        root = ET.fromstring(book.read("xl/worksheets/sheet2.xml"))
    last = list(root.iter(f"{MAIN}c"))[-1]
    assert (last.get("t") is None) == is_number


@given(st.integers(-(10**15) + 1, 10**15 - 1).filter(bool))
@settings(max_examples=50)
def test_a_spreadsheet_that_shows_fifteen_digits_shows_every_atom(atoms):
    work = TopWork("A", "B", 1, 1, atoms, 0, 500_000_000)
    document = statement((work,), opening_atoms=0)
    _, row = sheet(statement_xlsx(document, lines_of((work,))), 2)
    assert Decimal(f"{float(row[-1]):.15g}") == Decimal(atoms).scaleb(-EUR.atom_decimals)


def test_revenue_without_a_resource_has_records_of_its_own():
    records = b"".join(statement_rdr(adjusted(), LINES)).decode().splitlines()
    details = [record.split("\t") for record in records if record.startswith("RD01.01")]
    others = [record.split("\t") for record in records if record.startswith("RD03")]
    assert len(details) == len(LINES)
    assert [other[3:] for other in others] == [
        ["adjustment: changed ownership", "T0 was sold", "2025-09", "-0.00000004"],
        ["adjustment: booking undone", "posted twice", "", "0.00000009"],
        ["Paid out", "", "", "-3.00000000"],
    ]
    footer = records[-1].split("\t")
    assert footer == ["RFOO", "1", str(len(LINES) + 3), str(len(records))]
    assert records[1].startswith("RHEA.01\t11\t")
    earned = sum(Decimal(cells[-1]) for cells in details)
    assert int(earned * 10**8) == adjusted().earned_atoms()
    assert {LineSource.ATTRIBUTED.value, LineSource.FALLBACK.value} == {c[10] for c in details}
