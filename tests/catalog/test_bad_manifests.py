"""A manifest with a fault is refused as a whole, and says where the fault is and what to do."""

import pytest

from catalog.deliveries.models import Delivery
from catalog.deliveries.services.folders import import_manifest
from tests.catalog.manifests import TODAY, assert_nothing_imported, faults

pytestmark = pytest.mark.django_db

BAD_CELLS = [
    ({"title": ""}, "title", "missing"),
    ({"title": "  "}, "title", "missing"),
    ({"track_id": ""}, "track_id", "missing"),
    ({"track_id": "a b"}, "track_id", "no identifier"),
    ({"track_id": "x" * 91}, "track_id", "no identifier"),
    ({"title": "x" * 501}, "title", "501 characters"),
    ({"title": "pay\u202eroll"}, "title", "U+202E"),
    ({"title": "two\x07bells"}, "title", "U+0007"),
    ({"sha256": "abc"}, "sha256", "64 hexadecimal digits"),
    ({"source_url": "javascript:alert(1)"}, "source_url", "no web address"),
    ({"source_url": "https://"}, "source_url", "no web address"),
    ({"source_url": "http://[::1"}, "source_url", "no web address"),
    ({"composer_share_pct": "-5"}, "composer_share_pct", "negative"),
    ({"composer_share_pct": "0"}, "composer_share_pct", "0 %"),
    ({"composer_share_pct": "0.0000"}, "composer_share_pct", "0 %"),
    ({"composer_share_pct": "100.1"}, "composer_share_pct", "more than 100 %"),
    ({"composer_share_pct": "50,5"}, "composer_share_pct", "comma"),
    ({"composer_share_pct": "50%"}, "composer_share_pct", "percent sign"),
    ({"composer_share_pct": "half"}, "composer_share_pct", "no percentage"),
    ({"composer_share_pct": "nan"}, "composer_share_pct", "no percentage"),
    ({"composer_share_pct": "1e1"}, "composer_share_pct", "no percentage"),
    ({"composer_share_pct": "٥٠"}, "composer_share_pct", "no percentage"),
    ({"composer_share_pct": "33.33333"}, "composer_share_pct", "four decimals"),
    ({"composer_isni": "0000000121032684"}, "composer_isni", "check"),
    ({"composer_ipi": "1"}, "composer_ipi", "IPI"),
    ({"isrc": "DE"}, "isrc", "ISRC"),
    ({"iswc": "T0345246802"}, "iswc", "check"),
    ({"territory": "Mars"}, "territory", "no territory"),
    ({"version_of": "t2"}, "version_of", "version of itself"),
    ({"version_of": "nowhere"}, "version_of", "Nothing is called nowhere"),
    ({"consent_until": "2025-01-01"}, "consent_until", "before it begins"),
    ({"composer": ""}, "composer_share_pct", "composer has 0 and"),
    ({"composer_share_pct": "30 ; 30"}, "composer_share_pct", "has 2 entries"),
    (
        {"composer": "A ; ", "composer_wikidata": "", "composer_share_pct": "30 ; 30"},
        "composer",
        "is empty",
    ),
    ({"composer_wikidata": "Q1 ; Q2"}, "composer_wikidata", "has 2 entries"),
    ({"composer_wikidata": "7294"}, "composer_wikidata", "no Wikidata id"),
    (
        {"lyricist_share_pct": "40.0001"},
        "composer_share_pct, lyricist_share_pct",
        "60 + 40.0001 = 100.0001 %, more than 100 %",
    ),
    (
        {"performer": "P ; P2", "performer_share_pct": "60 ; 50"},
        "performer_share_pct",
        "of the recording are 60 + 50 = 110 %",
    ),
    (
        {"lyricist": "Ben Brown ; ben  BROWN", "lyricist_share_pct": "20 ; 20"},
        "lyricist",
        "named 2 times",
    ),
    ({"consent_from": "01/02/2026"}, "consent_from", "year-month-day"),
    ({"consent_from": "20260101"}, "consent_from", "year-month-day"),
    ({"consent_from": "2026-02-30"}, "consent_from", "calendar"),
    ({"consent_from": "0202-01-01"}, "consent_from", "correct the year"),
    ({"shares_from": "soon"}, "shares_from", "year-month-day"),
    ({"consent_basis": ""}, "consent_basis", "say who agreed"),
    ({"consent_from": ""}, "consent_from", "since when"),
]


@pytest.mark.parametrize(("cells", "field", "said"), BAD_CELLS, ids=lambda value: str(value)[:40])
def test_a_bad_cell_is_named_and_nothing_is_imported(folder, cells, field, said):
    folder.add(1, 2, 3)
    folder.rows[1] |= cells
    report = folder.bring_in()
    assert faults(report) == [(3, field)]
    assert said in report.errors[0].message
    assert_nothing_imported()
    assert [row.outcome for row in report.outcomes] == ["held back", "rejected", "held back"]


def test_all_faults_of_all_rows_are_reported_at_once(folder):
    folder.add(1, 2, 3)
    folder.rows[0] |= {"title": "", "composer_share_pct": "-1"}
    folder.rows[2]["consent_from"] = "never"
    (folder.path / "2.mid").unlink()
    assert faults(folder.bring_in()) == [
        (2, "composer_share_pct"),
        (2, "title"),
        (3, "file"),
        (4, "consent_from"),
    ]
    assert_nothing_imported()


def test_a_refused_import_leaves_its_report(folder):
    folder.add(1, 2)
    folder.rows[0]["title"] = ""
    folder.bring_in()
    delivery = Delivery.objects.get()
    assert (delivery.created_count, delivery.rejected_count) == (0, 1)
    refused, held = delivery.rows.order_by("number")
    assert refused.faults[0]["field"] == "title"
    assert held.outcome == "held back"


@pytest.mark.parametrize("field", ["track_id", "file"])
def test_a_track_or_file_stands_once(folder, field):
    folder.add(1, 2, 3)
    folder.rows[2][field] = folder.rows[0][field]
    report = folder.bring_in()
    assert (4, field) in faults(report)
    assert "row 2" in report.errors[0].message
    assert_nothing_imported()


def test_a_name_of_two_people_must_say_which(folder):
    folder.add(1, composer="John Smith", composer_wikidata="Q1")
    folder.add(2, composer="John Smith", composer_wikidata="Q2")
    folder.add(3, composer="john smith", composer_wikidata="")
    report = folder.bring_in()
    assert faults(report) == [(4, "composer")]
    assert "Q1 or Q2" in report.errors[0].message
    assert_nothing_imported()


BAD_FILES = [
    (lambda text: b"", 1, "", "empty"),
    (lambda text: b"\n\n", 1, "", "empty"),
    (lambda text: text.split("\n")[0].encode(), 2, "", "no rows"),
    (lambda text: text.replace("Song 1", "Песня 1").encode("cp1251"), 2, "", "not UTF-8"),
    (lambda text: text.replace("Song 1", "So\0ng").encode(), 2, "", "NUL"),
    (lambda text: text.replace("title", "name", 1).encode(), 1, "title", "missing"),
    (lambda text: text.replace("genre", "title", 1).encode(), 1, "title", "stands twice"),
    (
        lambda text: text.replace("lyricist,", "writer,", 1).encode(),
        1,
        "lyricist",
        "add it",
    ),
    (lambda text: text.replace("Song 2", "Song, 2").encode(), 3, "", "has 15 cells"),
    (lambda text: text.replace("Song 2", '"Song 2').encode(), 3, "", "quotation marks"),
    (lambda text: text.replace("Song 2", "x" * 140_000).encode(), 3, "", "cannot be read as CSV"),
    (lambda text: b"\x89PNG\r\n\x1a\n" + b"\xff" * 50, 1, "", "not UTF-8"),
]


@pytest.mark.parametrize(("spoil", "row", "field", "said"), BAD_FILES)
def test_a_file_that_is_no_such_table_is_refused(folder, spoil, row, field, said):
    report = folder.add(1, 2).bring_in(spoil(folder.text()))
    assert faults(report) == [(row, field)]
    assert said in report.errors[0].message
    assert_nothing_imported()


def test_a_manifest_that_is_not_there_is_said_so(folder):
    report = import_manifest(path=folder.path / "absent.csv", as_of=TODAY)
    assert faults(report) == [(0, "")]
    assert "does not exist" in report.errors[0].message
    assert Delivery.objects.count() == 0


def test_a_byte_order_mark_and_blank_lines_and_other_columns_do_no_harm(folder):
    folder.add(1, 2, curator="me")
    text = folder.text().replace("\r\n", "\r\n\r\n")
    report = folder.bring_in(b"\xef\xbb\xbf" + text.encode())
    assert report.ok
    assert [row.row for row in report.outcomes] == [3, 5]  # as a spreadsheet numbers them


def test_a_column_that_looks_like_a_slip_is_pointed_out(folder):
    folder.add(1, lyrcist_share_pct="40")
    report = folder.bring_in()
    assert report.ok
    assert [(w.row, w.field) for w in report.warnings] == [(1, "lyrcist_share_pct")]


def test_what_nobody_claims_is_pointed_out(folder):
    folder.add(1, lyricist="", lyricist_share_pct="")
    folder.add(2, composer="", composer_wikidata="", composer_share_pct="")
    folder.rows[1] |= {"lyricist": "", "lyricist_share_pct": ""}
    folder.add(3, consent_from="", consent_basis="")
    report = folder.bring_in()
    assert report.ok
    said = [(warning.row, warning.message.split(";")[0]) for warning in report.warnings]
    assert said[0] == (2, "40 % of the composition is claimed by nobody and will be held.")
    assert said[1] == (3, "Nobody has a share")
    assert said[2] == (4, "Without a consent no model may be trained on this track.")
