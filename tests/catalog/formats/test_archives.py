"""An archive is unpacked into its folder and nowhere else, or not at all."""

import io
import stat
import zipfile

import pytest

from catalog.formats import BadArchive, unpack, zipped
from tests.catalog.formats.reading import read

Members = list[tuple[str | zipfile.ZipInfo, bytes]]


def packed(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return output.getvalue()


def as_link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.fixture
def into(tmp_path):
    folder = tmp_path / "unpacked"
    folder.mkdir()
    return folder


def refused(into, content: bytes, **options: int) -> str:
    path = into.parent / "delivery.zip"
    path.write_bytes(content)
    with pytest.raises(BadArchive) as refusal:
        unpack(path, into, **options)
    return str(refusal.value)


TABLE = b"track_id,title\nt1,Song\n"


@pytest.mark.parametrize("folder", ["", "delivery 7/"])
def test_a_manifest_and_its_files_are_read_from_the_archive(into, folder):
    path = into.parent / "delivery.zip"
    members = [(f"{folder}songs.csv", TABLE), (f"{folder}a/1.mid", b"MThd")]
    path.write_bytes(packed(*members, ("__MACOSX/songs.csv", b""), (f"{folder}.DS_Store", b"")))
    root = unpack(path, into)
    assert root == (into / folder if folder else into)
    assert (root / "a" / "1.mid").read_bytes() == b"MThd"
    assert [row.cells["title"] for row in read(root).rows] == ["Song"]
    assert not list(into.rglob("*DS_Store"))


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([("../x.csv", b"")], "leads out of"),
        ([("a/../../x.csv", b"")], "leads out of"),
        ([("a\\..\\..\\x.csv", b"")], "leads out of"),
        ([("/etc/x.csv", b"")], "leads out of"),
        ([("C:/x.csv", b"")], "leads out of"),
        ([("x\n.csv", b"")], "leads out of"),
        ([("x" * 256, b"")], "leads out of"),
        ([(as_link("x.csv"), b"/etc/passwd")], "is a link"),
        ([("a.csv", b""), ("A.CSV", b"")], "A.CSV meets a.csv"),
        ([("é.csv", b""), ("e\u0301.csv", b"")], "meets"),
        ([("a", b""), ("A/b.csv", b"")], "is a file as well"),
        ([], "is empty"),
        ([("a.csv", b" " * (17 << 20))], "unpacks into 1,0"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_names_and_sizes_that_do_harm_are_refused_before_anything_is_written(into, members, said):
    assert said in refused(into, packed(*members))
    assert list(into.iterdir()) == []
    assert [each.name for each in into.parent.iterdir() if each != into] == ["delivery.zip"]


def test_limits_on_sizes_and_numbers(into, monkeypatch):
    content = packed(("a.csv", b"12345"), ("b.csv", b"12345"))
    assert "unpacks into 10 bytes; at most 9" in refused(into, content, most_bytes=9)
    monkeypatch.setattr(zipped, "MOST_MEMBERS", 1)
    assert "has 2 files; at most 1" in refused(into, content)
    monkeypatch.setattr(zipped, "MOST_LIST_BYTES", 50)
    assert "list of files is too long" in refused(into, content)


def test_a_member_that_lies_about_its_size_or_is_encrypted_is_refused(into):
    content = bytearray(packed(("a.csv", b"x" * 10_000)))
    directory = content.rfind(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    assert "no whole ZIP file" in refused(into, bytes(content))
    assert sum(each.stat().st_size for each in into.iterdir()) <= 10
    content[directory + 8] |= 1
    assert "encrypted" in refused(into, bytes(content))


@pytest.mark.parametrize("kept", [0, 10, 60, -30])
def test_an_archive_that_was_cut_off_is_refused(into, kept):
    assert "no whole ZIP file" in refused(into, packed(("a.csv", TABLE))[:kept])
