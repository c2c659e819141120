"""A CWR file becomes a row for each work, if it is as long as it says."""

import pytest

from catalog.manifest import parse_row
from tests.catalog.formats import works
from tests.catalog.formats.reading import read
from tests.catalog.formats.works import DAY, NIGHT, content, nwr, publisher, territory, writer


@pytest.fixture
def path(tmp_path):
    return tmp_path / "CW260001AAA_BBB.V21"


def lines(*given: list[str], **options: str) -> bytes:
    return content(works.transmission(*given, **options))


@pytest.mark.parametrize("version", ["02.10", "02.20"])
def test_works_are_read_with_what_writers_and_publishers_own(path, version):
    found = read(path, lines(version=version))
    assert found.errors == []
    assert [(row.number, row.place, row.cells) for row in found.rows] == [
        (
            3,
            "line 3",
            {
                "work_id": "W-1",
                "title": "NIGHT SONG",
                "iswc": "T0345246801",
                "language": "en",
                "publisher": "SONG HOUSE",
                "publisher_ipi": "00014107338",
                "publisher_share_pct": "30",
                "sub_publisher": "LIED GMBH",
                "composer": "ADA ADAMS",
                "composer_share_pct": "25",
                "lyricist": "ADA ADAMS;BEN BROWN",
                "lyricist_share_pct": ";20",
            },
        ),
        (
            17,
            "line 17",
            {
                "work_id": "W-2",
                "title": "DAY SONG",
                "language": "en",
                "composer": "ÄNNE MÜLLER",
                "composer_share_pct": "100",
            },
        ),
    ]


def test_what_cannot_be_a_share_is_said(path):
    warnings = read(path, lines()).warnings[1:]  # the first is about the encoding
    assert warnings == [
        "An unknown writer has 10 %, which stays unclaimed.",
        "An unknown publisher has 15 %, which stays unclaimed.",
        "“LIED GMBH” collects 50 % in AT+DE and owns no share; it is listed without one.",
    ]


@pytest.mark.parametrize("n_lines", [1, 2, 3, 10, 16, 20])
def test_a_file_that_was_cut_short_is_refused_whole(path, n_lines):
    whole = works.transmission()
    found = read(path, content(whole[:n_lines]))
    assert found.rows == []
    assert f"{n_lines} records without the trailer (TRL)" in found.only_error
    assert "Send it whole." in found.only_error


def test_counts_that_do_not_fit_are_named(path):
    missing = works.transmission()
    del missing[5]
    found = read(path, content(missing))
    assert found.rows == []
    assert "The group states “00000019” records and holds 18" in found.only_error
    renamed = content(works.transmission()).replace(b"TRL00001", b"TRL00002")
    assert "The file states “00002” groups and holds 1" in read(path, renamed).only_error


def refused(path, *records: str) -> str:
    found = read(path, lines([nwr(0, "W", "SONG"), *records]))
    assert found.rows == []
    return found.only_error


def test_what_is_not_known_is_that_work_s_fault(path):
    sub = publisher(0, 1, "P", "SUB", 0, type_="SE")
    assert "row 3, territory: Line 3: The territory “I2130”" in refused(
        path, sub, territory(0, 2, "P", "2130")
    )
    assert "“20000” is no share" in refused(path, writer(0, 1, "A", "B", 20_000))
    assert "“PA” is no role of a writer" in refused(path, writer(0, 1, "A", "B", 0, type_="PA"))
    assert "“A;B” holds a semicolon" in refused(path, publisher(0, 1, "P", "A;B", 0))
    found = read(path, lines([nwr(0, "W", "A"), writer(0, 1, "A", "B", 20_000)], DAY))
    assert len(found.rows) == len(found.errors) == 1


@pytest.mark.parametrize(
    ("records", "where"),
    [
        ([("2136", "I"), ("0840", "E"), ("0124", "E")], "WW-CA-US"),
        ([("0276", "I"), ("0040", "I")], "AT+DE"),
        ([("2136", "I")], "WW"),
    ],
)
def test_territories_are_countries_and_the_world(path, records, where):
    given = [nwr(0, "W", "SONG"), publisher(0, 1, "P", "SUB", 0, type_="SE")]
    given += [territory(0, 2 + n, "P", *each) for n, each in enumerate(records)]
    assert f"in {where} and owns no share" in read(path, lines(given)).warnings[0]


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (b"hello\n", "does not begin with HDR"),
        (lines(version="03.00"), "CWR version “03.00” is not read"),
        (lines() + b"NWR\r\n", "stands behind the end"),
        (lines([nwr(0, "A", "B", kind="AGR")]), "registers no works"),
        (b"HDR" + b"x" * (1 << 20), "longer than 4,096 characters"),
        (lines().replace(b"NIGHT SONG", b"NIGHT\0SONG"), "NUL byte"),
        (b"", "without the trailer"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_such_file_is_refused(path, spoilt, said):
    found = read(path, spoilt)
    assert found.rows == []
    assert said in found.only_error


def test_other_transactions_are_passed_over(path):
    agreement = [nwr(0, "A", "B", kind="AGR"), f"{works.prefix('TER', 0, 1)}I2136"]
    assert [row.cells["work_id"] for row in read(path, lines(agreement, NIGHT)).rows] == ["W-1"]


def test_the_rows_are_rows_of_the_manifest(path):
    for row in read(path, lines()).rows:
        parsed, errors, _ = parse_row(row.number, row.cells)
        assert errors == []
        assert parsed is not None
        assert parsed.is_work
