"""The same road leads from every format into the catalogue."""

import io
import json

import numpy as np
import pytest
import soundfile
import xlsxwriter

from catalog.deliveries.services.folders import import_manifest
from catalog.models import Credit, Party, Share, Track, Work
from tests.catalog.formats import works
from tests.catalog.formats.messages import message
from tests.catalog.manifests import TODAY, midi, song

pytestmark = pytest.mark.django_db


def bring_in(path):
    report = import_manifest(path=path, as_of=TODAY)
    assert report.errors == ()
    return report


@pytest.fixture
def songs(tmp_path):
    """Two songs with their files; returns their rows."""
    for number in (1, 2):
        (tmp_path / f"{number}.mid").write_bytes(midi(number))
    return [song(1), song(2)]


def shares() -> set[tuple[str, str, int]]:
    held = Share.objects.values_list("party__name", "role", "share_ppm")
    return set(held)


def test_a_workbook(tmp_path, songs):
    path = tmp_path / "songs.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([list(songs[0]), *(list(each.values()) for each in songs)]):
            sheet.write_row(at, 0, row)
    assert bring_in(path).created_count == 2
    assert shares() == {("Ada Adams", "composer", 600_000), ("Ben Brown", "lyricist", 400_000)}


def test_json_with_people_as_objects(tmp_path, songs):
    path = tmp_path / "songs.json"
    for each in songs:
        each["composers"] = [{"name": each.pop("composer"), "share_pct": 60, "wikidata": "Q1"}]
        del each["composer_share_pct"], each["composer_wikidata"]
    path.write_text(json.dumps(songs))
    assert bring_in(path).created_count == 2
    assert shares() == {("Ada Adams", "composer", 600_000), ("Ben Brown", "lyricist", 400_000)}


def test_a_ddex_message_with_its_files(tmp_path):
    (tmp_path / "resources").mkdir()
    for number in (1, 2):
        output = io.BytesIO()
        noise = np.random.default_rng(number).normal(size=11_025).astype("float32") * 0.1
        soundfile.write(output, noise, 22_050, format="FLAC")
        (tmp_path / "resources" / f"{number}.flac").write_bytes(output.getvalue())
    path = tmp_path / "4006381333931.xml"
    path.write_bytes(message())
    assert bring_in(path).created_count == 2
    track = Track.objects.get(isrc="DEAB02600001")
    assert (track.title, track.version, track.release_title) == ("Song 1", "Live", "Night Songs")
    assert Track.objects.get(isrc="DEAB02600002").work == track.work
    assert ("Harbour Records", "label", 600_000) in shares()
    assert Party.objects.get(name="Ada Adams").ipi_name == "00014107338"
    assert Credit.objects.filter(track=track, role="session_performer").exists()
    assert bring_in(path).unchanged_count == 2


def test_works_by_cwr(tmp_path):
    path = tmp_path / "CW260001AAA_BBB.V21"
    path.write_bytes(works.content(works.transmission()))
    assert bring_in(path).created_count == 2
    work = Work.objects.get(iswc="T0345246801")
    assert (work.title, Track.objects.count()) == ("NIGHT SONG", 0)
    assert ("SONG HOUSE", "publisher", 300_000) in shares()
    assert ("ÄNNE MÜLLER", "composer", 1_000_000) in shares()
    assert bring_in(path).unchanged_count == 2


def test_a_folder_of_music(tmp_path):
    folder = tmp_path / "music"
    (folder / "songs").mkdir(parents=True)
    for number in (1, 2):
        (folder / "songs" / f"{number}.mid").write_bytes(midi(number))
    assert bring_in(folder).created_count == 2
    assert sorted(Track.objects.values_list("title", flat=True)) == ["1", "2"]
    assert bring_in(folder).unchanged_count == 2


def test_one_iswc_is_not_two_works_of_a_delivery(tmp_path):
    path = tmp_path / "songs.csv"
    path.write_text("track_id,title,iswc\nt1,Song,T-034.524.680-1\nt2,Other,T0345246801\n")
    report = import_manifest(path=path, as_of=TODAY)
    assert [(error.row, error.field) for error in report.errors] == [(3, "iswc")]
    assert "another work in row 2" in report.errors[0].message
    assert Work.objects.count() == 0
