"""A file that is not what the manifest says is refused, with the row that names it."""

import io
import os

import numpy as np
import pytest
import soundfile

from catalog.media import MIDI, UnreadableMedia, kinds, read_inside
from catalog.models import Asset, Consent, Share, Track
from catalog.services.assets import UnreadableMedia as RefusedByAssets
from catalog.services.assets import asset_path, store_music
from tests.catalog.manifests import assert_nothing_imported, faults, midi

pytestmark = pytest.mark.django_db


def audio(container: str, seconds: float = 2.0) -> bytes:
    """Noise, which no codec can shorten much."""
    output = io.BytesIO()
    noise = np.random.default_rng(0).normal(size=int(22_050 * seconds)).astype("float32") * 0.1
    soundfile.write(output, noise, 22_050, format=container)
    return output.getvalue()


def bring_in_with(folder, name: str, content: bytes, **cells: str):
    folder.add(1, 2)
    folder.rows[1] |= {"file": name} | cells
    (folder.path / name).write_bytes(content)
    return folder.bring_in()


BAD_FILES = [
    ("2.mid", b"", "empty"),
    ("2.mid", b"MThd", "cannot be read as MIDI"),
    ("2.mid", midi(2)[:-20], "cannot be read as MIDI"),
    ("2.mid", midi(2)[:14], "no notes"),
    ("2.mid", midi(2, n_notes=0), "no notes"),
    ("2.mid", midi(2)[:12] + b"\0\0" + midi(2)[14:], "no ticks per quarter note"),
    ("2.mid", midi(2)[:12] + b"\xe7\x28" + midi(2)[14:], "cannot be read as MIDI"),
    ("2.mid", b"%PDF-1.4", "content of another kind"),
    ("2.wav", midi(2), "named as WAV but holds MIDI"),
    ("2.mid", audio("WAV"), "named as MIDI but holds WAV"),
    ("2.exe", midi(2), "none of the endings"),
    ("2", midi(2), "none of the endings"),
    ("2.wav", audio("WAV")[:-100], "cut off"),
    ("2.ogg", audio("OGG")[:-100], "cut off"),
    ("2.flac", audio("FLAC")[:-100], "cannot be read as FLAC"),
    ("2.mp3", audio("MP3")[: len(audio("MP3")) // 2], "before the length"),
    ("2.wav", b"RIFF\x24\0\0\0WAVE" + b"\0" * 40, "cannot be read as WAV"),
    ("2.mp3", b"ID3" + b"\0" * 100, "cannot be read as MP3"),
    ("2.mp3", b"\xff\xfe" + b"\0" * 100, "content of another kind"),
]


@pytest.mark.parametrize(("name", "content", "said"), BAD_FILES)
def test_a_file_that_is_no_whole_piece_is_its_row_s_fault(folder, name, content, said):
    report = bring_in_with(folder, name, content)
    assert faults(report) == [(3, "file")]
    assert said in report.errors[0].message
    assert_nothing_imported()


def test_a_wrong_hash_is_refused_and_a_right_one_taken(folder):
    folder.add(1, sha256="0" * 64)
    report = folder.bring_in()
    assert faults(report) == [(2, "sha256")]
    assert_nothing_imported()
    folder.rows[0]["sha256"] = report.errors[0].message.split("sha256 ")[1][:64].upper()
    assert folder.bring_in().created_count == 1


def test_the_same_bytes_are_not_two_tracks(folder):
    report = bring_in_with(folder, "copy.mid", midi(1))
    assert faults(report) == [(3, "file")]
    assert "1.mid in row 2" in report.errors[0].message


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../outside.mid", "leads out of"),
        ("sub/../../outside.mid", "leads out of"),
        ("link.mid", "leads out of"),
        ("linked/outside.mid", "leads out of"),
        ("loop.mid", "cannot be followed"),
        ("absent.mid", "does not exist"),
        ("sub\\absent.mid", "does not exist"),
        ("folder.mid", "cannot be read"),
        ("pipe.mid", "cannot be read"),
        ("a" * 300 + ".mid", "cannot be"),
        ("1.mid/2.mid", "cannot be"),
    ],
)
def test_only_regular_files_of_the_manifest_s_folder_are_read(folder, name, said):
    outside = folder.path.parent / "outside.mid"
    outside.write_bytes(midi(7))
    (folder.path / "sub").mkdir()
    (folder.path / "link.mid").symlink_to(outside)
    (folder.path / "linked").symlink_to(folder.path.parent)
    (folder.path / "loop.mid").symlink_to(folder.path / "loop.mid")
    (folder.path / "folder.mid").mkdir()
    os.mkfifo(folder.path / "pipe.mid")
    folder.add(1, 2)
    folder.rows[1]["file"] = name
    report = folder.bring_in()
    assert faults(report) == [(3, "file")]
    assert said in report.errors[0].message
    assert_nothing_imported()


def test_an_absolute_path_is_refused_even_into_the_folder_s_neighbour(folder):
    outside = folder.path.parent / "delivery-2"
    outside.mkdir()
    (outside / "x.mid").write_bytes(midi(7))
    with pytest.raises(UnreadableMedia, match="leads out of"):
        read_inside(folder.path, str(outside / "x.mid"))


def test_a_file_larger_than_its_kind_may_be_is_refused_without_being_read_whole(folder):
    folder.add(1, 2)
    with (folder.path / "2.mid").open("r+b") as handle:
        handle.truncate(1 << 40)  # a sparse terabyte
    report = folder.bring_in()
    assert faults(report) == [(3, "file")]
    assert f"larger than the {MIDI.largest_bytes // kinds.MEBIBYTE} MiB" in report.errors[0].message


@pytest.mark.parametrize("container", ["WAV", "FLAC", "OGG", "MP3"])
def test_audio_is_taken_with_its_recording_right(folder, container):
    name = f"2.{container.lower()}"
    report = bring_in_with(
        folder,
        name,
        audio(container),
        performer="Pia Player",
        performer_share_pct="50",
        label="Label & Co",
        label_share_pct="50",
    )
    assert report.ok, report.errors
    track = Track.objects.select_related("asset").get(ref="t2")
    assert track.asset.seconds == pytest.approx(2.0, abs=0.1)
    assert track.asset.measures.seconds == track.asset.seconds
    assert track.asset.measures.loudness_lufs == pytest.approx(-17, abs=1)
    assert asset_path(track.asset).suffix == f".{container.lower()}"
    assert sorted(Share.objects.filter(track=track).values_list("role", "share_ppm")) == [
        ("label", 500_000),
        ("performer", 500_000),
    ]
    rights = Consent.objects.filter(track=track).values_list("right", flat=True)
    assert sorted(rights) == ["composition", "recording"]
    assert [right.right for right in Consent.objects.filter(track__ref="t1")] == ["composition"]


def test_a_generated_piece_is_stored_once_and_checked_like_any_other():
    first = store_music(midi(5), name="piece.mid")
    assert store_music(midi(5), name="again.mid") == first
    assert first.seconds == pytest.approx(4.0)
    asset_path(first).unlink()
    with pytest.raises(FileNotFoundError, match=first.sha256):
        asset_path(first)
    store_music(midi(5), name="again.mid")
    assert asset_path(first).read_bytes() == midi(5)
    with pytest.raises(RefusedByAssets, match="MIDI"):
        store_music(b"MThd", name="piece.mid")
    with pytest.raises(RefusedByAssets, match="holds MIDI"):
        store_music(midi(6), name="piece.wav")
    assert Asset.objects.count() == 1
