"""A folder of music is a delivery: its tags are the rows."""

import io
import struct

import numpy as np
import pytest
import soundfile

from catalog.formats.folder import identifier_of
from tests.catalog.formats.reading import read


def midi(*events: bytes) -> bytes:
    """A MIDI file of one track, of these events."""
    body = b"".join(b"\0" + event for event in (*events, b"\xff\x2f\0"))
    header = struct.pack(">4sIHHH", b"MThd", 6, 0, 1, 480)
    return header + struct.pack(">4sI", b"MTrk", len(body)) + body


def text_event(kind: int, text: bytes) -> bytes:
    return bytes([0xFF, kind, len(text)]) + text


NOTE = b"\x90\x40\x40"
RUNNING = b"\x40\x00"  # the note's end under the status before


@pytest.fixture(scope="module")
def flac() -> bytes:
    """A FLAC file with a Vorbis comment of its own making, since nothing here writes tags."""
    output = io.BytesIO()
    soundfile.write(output, np.zeros(4410, "float32"), 44_100, format="FLAC")
    content = output.getvalue()
    tags = [
        "TITLE=Nachtlied",
        "ARTIST=Die Laternen",
        "ALBUM=Nachtlieder",
        "ISRC=DEAB02600001",
        "COMPOSER=Ada Adams",
        "COMPOSER=Änne Müller",
        "DATE=2026-05-01",
        "GENRE=Folk",
    ]
    block = struct.pack("<I", 0) + struct.pack("<I", len(tags))
    for tag in tags:
        block += struct.pack("<I", len(tag.encode())) + tag.encode()
    comment = bytes([4]) + len(block).to_bytes(3, "big") + block
    end_of_info = 4 + 4 + 34  # the marker, the header of STREAMINFO and its body (RFC 9639)
    info = content[4:end_of_info]
    return content[:4] + bytes([info[0] & 0x7F]) + info[1:] + comment + content[end_of_info:]


def test_tags_become_rows(tmp_path, flac):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "01 Nachtlied.flac").write_bytes(flac)
    song = midi(
        text_event(3, "Lied für Änne".encode("latin-1")),
        text_event(2, b"(c) 1999 Somebody"),
        NOTE,
        RUNNING,
    )
    (tmp_path / "a.mid").write_bytes(song)
    (tmp_path / "cover.jpg").write_bytes(b"JFIF")
    (tmp_path / ".hidden.mid").write_bytes(song)
    found = read(tmp_path)
    assert found.format == "folder"
    assert found.errors == []
    assert [(row.number, row.place, row.cells) for row in found.rows] == [
        (2, "a.mid", {"file": "a.mid", "track_id": "a.mid", "title": "Lied für Änne"}),
        (
            3,
            "b/01 Nachtlied.flac",
            {
                "file": "b/01 Nachtlied.flac",
                "track_id": identifier_of("b/01 Nachtlied.flac"),
                "title": "Nachtlied",
                "artist": "Die Laternen",
                "release_title": "Nachtlieder",
                "isrc": "DEAB02600001",
                "composer": "Ada Adams;Änne Müller",
                "released_on": "2026-05-01",
                "genre": "Folk",
            },
        ),
    ]
    assert found.warnings == [
        "The file says “(c) 1999 Somebody”; nobody has a share by that.",
        "1 files are no music and were passed over, for example “cover.jpg”.",
    ]


def test_a_file_that_is_not_what_it_is_named_costs_that_file(tmp_path, flac):
    (tmp_path / "1.flac").write_bytes(flac)
    (tmp_path / "2.mid").write_bytes(flac)
    (tmp_path / "3.m4a").write_bytes(b"\0\0\0\x20ftypM4A ")
    (tmp_path / "4.mid").write_bytes(midi()[:20])
    (tmp_path / "5.wav").symlink_to("/etc/passwd")
    found = read(tmp_path)
    assert [row.cells["file"] for row in found.rows] == ["1.flac", "4.mid"]
    said = [error.message for error in found.errors]
    assert [message.split(":")[0] for message in said] == ["2.mid", "3.m4a", "5.wav"]
    assert "holds FLAC" in said[0]
    assert "none of the endings" in said[1]
    assert "leads out of" in said[2]


@pytest.mark.parametrize("seed", range(20))
def test_bytes_in_any_order_bring_no_tag_reader_down(tmp_path, flac, seed):
    random = np.random.default_rng(seed)
    for name, content in (("1.mid", midi(text_event(3, b"x" * 50), NOTE)), ("2.flac", flac)):
        spoilt = bytearray(content)
        for place in random.integers(8, min(len(spoilt), 300), 10):
            spoilt[place] = random.integers(256)
        (tmp_path / name).write_bytes(spoilt)
    found = read(tmp_path)
    assert len(found.rows) + len(found.errors) == 2


def test_a_manifest_in_the_folder_is_read_instead(tmp_path):
    (tmp_path / "1.mid").write_bytes(midi(NOTE, RUNNING))
    (tmp_path / "songs.csv").write_text("track_id,title\nt1,Song\n")
    assert [row.cells["title"] for row in read(tmp_path).rows] == ["Song"]
    (tmp_path / "other.json").write_text("[]")
    assert "several manifests (“other.json”, “songs.csv”)" in read(tmp_path).only_error
    (tmp_path / "Manifest.csv").write_text("track_id,title\nt2,Named\n")
    assert [row.cells["title"] for row in read(tmp_path).rows] == ["Named"]


def test_an_empty_folder_says_so(tmp_path):
    assert "holds no music and no manifest" in read(tmp_path).only_error


def test_two_paths_never_share_an_identifier():
    names = [
        "a.mid",
        "a-mid",
        "a b.mid",
        "a-b.mid",
        "a/b.mid",
        "-a.mid",
        "ä.mid",
        "x" * 300,
        "日.mid",
    ]
    identifiers = [identifier_of(name) for name in names]
    assert len(set(identifiers)) == len(names)
    assert all(len(each) <= 90 and each[0].isalnum() for each in identifiers)
