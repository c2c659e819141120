"""Workbooks are read as what one sees in them, by a child process that may fail alone."""

import datetime
import io
import zipfile

import pytest
import xlsxwriter

from catalog.formats import confined, open_delivery, workbook_reader
from catalog.formats.child import Refused
from tests.catalog.formats.reading import read

ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
 <office:body><office:spreadsheet><table:table table:name="x">{rows}</table:table>
 </office:spreadsheet></office:body></office:document-content>"""

MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
)


def xlsx(fill) -> bytes:
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        fill(book)
    return output.getvalue()


def catalogue(book) -> None:
    old = book.add_worksheet("2025")
    old.write_row(0, 0, ["track_id", "title"])
    old.write_row(1, 0, ["t0", "A song of last year"])
    old.hide()
    notes = book.add_worksheet("Read me")
    notes.write_string(0, 0, "Our title list")
    notes.activate()
    notes.set_first_sheet()
    sheet = book.add_worksheet("Tracks")
    sheet.write_string(0, 0, "Catalogue of 2026")
    sheet.write_row(
        2, 0, ["track_id", "file", "title", "consent_from", "composer", "composer_share_pct"]
    )
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    sheet.write_number(3, 0, 4711)
    sheet.write_string(3, 1, "1.mid")
    sheet.write_formula(3, 2, '=CONCAT("Night ","Song")', None, "Night Song")
    sheet.write_datetime(3, 3, datetime.date(2026, 1, 31), day)
    sheet.write_string(3, 4, "Ada Adams")
    sheet.write_number(3, 5, 33.3333)
    sheet.write_row(5, 0, ["t2", "2.mid"])
    sheet.write_string(5, 2, "=HYPERLINK(1)")
    sheet.write_blank(5, 9, None, day)


def test_cells_are_read_as_they_look_and_formulas_as_their_values(tmp_path):
    found = read(tmp_path / "tracks.xlsx", xlsx(catalogue))
    assert found.errors == []
    assert [(row.number, row.cells) for row in found.rows] == [
        (
            4,
            {
                "track_id": "4711",
                "file": "1.mid",
                "title": "Night Song",
                "consent_from": "2026-01-31",
                "composer": "Ada Adams",
                "composer_share_pct": "33.3333",
            },
        ),
        (
            6,
            {
                "track_id": "t2",
                "file": "2.mid",
                "title": "=HYPERLINK(1)",
                "consent_from": "",
                "composer": "",
                "composer_share_pct": "",
            },
        ),
    ]
    assert found.warnings == [
        "“=HYPERLINK(1)” would be a formula in a spreadsheet; it is kept as text."
    ]


def test_an_open_document_is_read_as_well(tmp_path):
    def row(*cells: str) -> str:
        start = '<table:table-cell office:value-type="string"><text:p>'
        inner = "".join(f"{start}{cell}</text:p></table:table-cell>" for cell in cells)
        return f"<table:table-row>{inner}</table:table-row>"

    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        content = ODS.format(rows=row("track_id", "title") + row("t1", "Lied für Änne"))
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", MANIFEST)
    found = read(tmp_path / "tracks.ods", output.getvalue())
    assert [row.cells for row in found.rows] == [{"track_id": "t1", "title": "Lied für Änne"}]


def refused(content: bytes) -> str:
    with pytest.raises(Refused) as refusal:
        list(workbook_reader.read(io.BytesIO(content), {"known": ["title", "track_id"]}))
    return str(refusal.value)


def test_what_is_no_workbook_is_refused():
    assert "no workbook, or was cut off" in refused(b"")
    assert "no workbook, or was cut off" in refused(xlsx(catalogue)[:-100])
    assert "empty" in refused(xlsx(lambda book: book.add_worksheet()))


def test_a_bomb_is_not_unpacked():
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (17 << 20))
    assert "unpacks into 1,0" in refused(output.getvalue())


def test_a_sheet_that_spans_the_world_ends_its_reader_and_nothing_else(tmp_path):
    def fill(book) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["track_id", "title"])
        sheet.write_string(1_048_575, 16_383, "far away")

    found = read(tmp_path / "wide.xlsx", xlsx(fill))
    assert found.rows == []
    assert found.only_error == (
        "manifest: The file made its reader crash; save it again, or send it as CSV."
    )


def test_a_reader_that_takes_too_long_is_ended(tmp_path, monkeypatch):
    end = "import os, signal; os.kill(os.getpid(), signal.SIGXCPU)"  # as the system does
    monkeypatch.setattr(confined, "COMMAND", (confined.sys.executable, "-I", "-c", end))
    found = read(tmp_path / "tracks.xlsx", xlsx(catalogue))
    assert "takes too long" in found.only_error


def test_nonsense_from_the_child_is_no_row(tmp_path, monkeypatch):
    nonsense = "print('{\"row\": 1, ')"
    monkeypatch.setattr(confined, "COMMAND", (confined.sys.executable, "-I", "-c", nonsense))
    assert "crash" in read(tmp_path / "tracks.xlsx", xlsx(catalogue)).only_error


def test_who_stops_reading_leaves_no_child_behind(tmp_path, monkeypatch):
    children = []
    popen = confined.subprocess.Popen

    def start(*arguments, **options):
        children.append(popen(*arguments, **options))
        return children[-1]

    monkeypatch.setattr(confined.subprocess, "Popen", start)
    path = tmp_path / "tracks.xlsx"
    path.write_bytes(xlsx(catalogue))
    with open_delivery(path, column_of={}) as source:
        next(iter(source))
    with open_delivery(path, column_of={}):
        pass
    assert [child.poll() is not None for child in children] == [True, True]
