"""CSV is read as the sender's program wrote it, or refused where that cannot be known."""

import csv
import io
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.formats import opening, tables
from catalog.formats.delimited import LONGEST_LINE, open_delimited
from catalog.manifest import RowError
from tests.catalog.formats.reading import read

HEADER = "track_id,file,title,composer,composer_share_pct\n"
SONG = "t1,1.mid,Lied für Änne,Ada Adams,50\n"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "manifest.csv"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiter_and_encoding_are_told_from_the_file(path, delimiter, encoding):
    found = read(path, (HEADER + SONG).replace(",", delimiter).encode(encoding))
    assert found.errors == found.warnings == []
    assert found.rows[0].cells == {
        "track_id": "t1",
        "file": "1.mid",
        "title": "Lied für Änne",
        "composer": "Ada Adams",
        "composer_share_pct": "50",
    }
    assert (found.rows[0].number, found.rows[0].place) == (2, "row 2")


@pytest.mark.parametrize(
    "title",
    [
        "Lied für Änne",
        "“Don’t” – l’été naïf",
        "Ærø på ø",
        "¿Qué? ¡Sí!",
        "MÜLLER & GRÖSSE",
        "§ 4, 20 °",
    ],
)
def test_windows_1252_is_read_with_a_sample_to_look_at(path, title):
    found = read(path, (HEADER + SONG.replace("Lied für Änne", f'"{title}"')).encode("cp1252"))
    assert [row.cells["title"] for row in found.rows] == [title]
    (warning,) = found.warnings
    assert "read as Windows-1252, for example" in warning
    assert title[:5] in warning


@pytest.mark.parametrize(
    ("title", "encoding"),
    [
        ("Песня о друге", "cp1251"),
        ("Zażółć gęślą jaźń", "cp1250"),
        ("日本の歌", "shift-jis"),
        ("Lied für Änne", "mac-roman"),
        ("Chanson d’été", "mac-roman"),
        ("Ωραίο τραγούδι", "cp1253"),
    ],
)
def test_other_encodings_are_refused_rather_than_misspelt(path, title, encoding):
    found = read(path, (HEADER + f"t2,2.mid,{title},,\n").encode(encoding))
    assert found.rows == []
    assert found.only_error.startswith("row 2: The manifest is not ")
    assert "save it as “CSV UTF-8”" in found.only_error


def test_utf8_with_one_broken_byte_names_its_line(path):
    found = read(path, (HEADER + SONG).encode() + b"t2,2.mid,caf\xe9,,\n")
    assert found.only_error.startswith("row 3: The manifest is not all of it UTF-8 (byte ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "row 1: The manifest is empty"),
        (b"\n\n", "row 1: The manifest is empty"),
        (HEADER.encode(), "row 2: The manifest has a header but no rows"),
        ((HEADER + "a,b\0,c,,\n").encode(), "row 2: Line 2 holds a NUL byte"),
        ((HEADER + SONG + 'a,"b,c\n').encode(), "row 3: The row cannot be read as CSV"),
        ((HEADER + "a,b,c,d\n").encode(), "row 2: The row has 4 cells but the header has 5"),
        ((HEADER + "x" * (10 << 20)).encode(), "row 2: The row is longer than"),
        (b"title" * (LONGEST_LINE // 4), "row 1: The row is longer than"),
        (b"a," * 1_000_000, "row 1: The header has 1,000,001 columns; at most 1,000 fit."),
        (b"title,title,track_id\n", "row 1, title: The column “title” stands twice"),
        (b"track_id,name\n", "row 1, title: The column “title” is missing"),
        (b"title,genre\n", "row 1, track_id: The column “track_id” is missing"),
        (b"track_id,title,composer_share_pct\n", "row 1, composer: There is a column"),
        (b"\xff\xfea", "row 1: The manifest is not whole UTF-16"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_such_table_is_refused_with_its_row(path, content, said):
    found = read(path, content)
    assert found.rows == [] or said.startswith("row 3")
    assert found.only_error.startswith(said)


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_program_writes_is_what_is_read(path, rows, delimiter, encoding):
    output = io.StringIO(newline="")
    writer = csv.writer(output, delimiter=delimiter)
    writer.writerow(["track_id", "title", "artist"])
    writer.writerows((f"t{n}", *cells) for n, cells in enumerate(rows))
    found = read(path, output.getvalue().encode(encoding))
    assert found.errors == []
    assert [(row.cells["title"], row.cells["artist"]) for row in found.rows] == [
        (title.strip(), artist.strip()) for title, artist in rows
    ]


def test_a_row_of_another_width_costs_that_row(path):
    found = read(path, HEADER.replace(",", ";") + "t1;1.mid;a;b;c;d\n\nt2;2.mid;Two;;\n")
    assert "put cells that contain a semicolon into quotation marks" in found.only_error
    assert [(row.number, row.cells["title"]) for row in found.rows] == [(4, "Two")]


def test_a_sender_s_own_columns_are_read_by_the_mapping(path):
    found = read(
        path,
        "Nr;Titel;title\n7;Nachtlied;intern\n",
        track_id="Nr",
        title="Titel",
    )
    assert found.columns == ("Nr", "Titel", "title")
    assert [row.cells for row in found.rows] == [{"track_id": "7", "title": "Nachtlied"}]


@pytest.mark.parametrize(
    ("cell", "is_flagged"),
    [
        ("=1+1", True),
        ("@cmd", True),
        ("+SUM(A1)", True),
        ("-2", False),
        ("+49 30", False),
        ("-", False),
    ],
)
def test_text_that_a_spreadsheet_would_run_is_kept_and_flagged(path, cell, is_flagged):
    found = read(path, HEADER + f"t1,1.mid,{cell},,\n")
    assert found.rows[0].cells["title"] == cell
    assert bool(found.warnings) == is_flagged


def test_the_limits_are_said(path, monkeypatch):
    monkeypatch.setattr(opening, "LARGEST_BYTES", 50)
    assert "larger than 0 MiB" in read(path, HEADER + SONG).only_error
    monkeypatch.undo()
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    found = read(path, HEADER + SONG * 3)
    assert len(found.rows) == 2
    assert found.only_error == "row 4: A manifest has at most 2 rows."


def test_a_path_that_is_no_file_is_said_so(tmp_path):
    assert "cannot be read" in read(tmp_path / "absent.csv").only_error
    assert "none of the endings" in read(tmp_path / "song.pdf").only_error
    assert "unpack it" in read(tmp_path / "songs.zip").only_error


class _Endless(io.RawIOBase):
    """A table of many rows, which nobody wrote down."""

    def __init__(self, n_rows: int) -> None:
        self._row = SONG.encode() * 1000
        self._size = len(HEADER) + len(SONG.encode()) * n_rows
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, at: int, whence: int = 0) -> int:
        assert whence == 0
        self._at = at
        return at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer) -> int:
        if self._at < len(HEADER):
            content = HEADER.encode()[self._at :][: len(buffer)]
        else:
            start = (self._at - len(HEADER)) % len(SONG.encode())
            content = self._row[start:][: min(len(buffer), self._size - self._at)]
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)


def test_memory_does_not_grow_with_the_rows():
    def peak_bytes(n_rows: int) -> int:
        tracemalloc.start()
        found = sum(1 for _ in open_delimited(io.BufferedReader(_Endless(n_rows)), {}))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found == n_rows
        return peak

    assert peak_bytes(8_000) < peak_bytes(1_000) + (1 << 20)


def test_a_bad_quotation_mark_far_down_is_that_row_s_fault(tmp_path):
    path = tmp_path / "long.csv"
    rows = "".join(f"t{i},{i}.mid,Song {i},,\n" for i in range(20_000))
    found = read(path, HEADER + rows + 't,"1.mid,Song,,\n')
    assert len(found.rows) == 20_000
    assert isinstance(found.errors[0], RowError)
    assert found.only_error.startswith("row 20002: The row cannot be read as CSV")
